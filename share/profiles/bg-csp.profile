# SPDX-License-Identifier: BSD-2-Clause
# A qualified certificate as Spektar AD, Bulgaria, issues it: registration by
# mail, notarised papers, the key made after the data was checked.
title = "Universal certificate";
section = "Types of services offered";
about = "An electronic signature on a smart card. There is a particular issuance policy for each certificate in the types of services offered menu.";
policy = "bg-csp.policy";
instructions = "bg-csp.instructions";
suppliers = (
  { name = "Any dealer"; offers = "Smart cards and USB tokens with PIV or OpenPGP: RSA 2048, ECDSA P-256 or P-384.";
    address = "Put the names and addresses of your approved suppliers here."; },
  { name = "Any dealer of readers"; offers = "Readers that speak CCID (USB), with or without a keypad."; }
);
languages = ["en", "bg"];

approval = "officer";
validity_days = 365;
keys = ["rsa:2048", "rsa:3072", "ec:p256", "ec:p384"];
key_usage = ["digitalSignature", "nonRepudiation", "keyEncipherment"];
ext_key_usage = ["clientAuth", "emailProtection"];
subject: {
  required = ["CN"];
  allowed = ["CN", "GN", "SN", "serialNumber", "C", "L", "O",
    "organizationIdentifier", "emailAddress"];
};
san: {
  required = ["email"];
  allowed = ["email"];
};
csrattrs = ["extensions"];
renewal: {
  approval = "officer";
  window_days = 30;
  same_key = true;
  remind_days = ["30", "14", "7"];
};
staff: { tell = ["fill", "send-docs", "agree-data", "submit"]; };

flow: {
  steps = ["registered", "activated", "filled", "docs-received",
    "docs-checked", "data-checked", "data-agreed", "key", "submitted",
    "downloaded", "installed"];
  approve_needs = ["paid", "confirmed"];
};
fields = (
  { name = "fullname"; label = "Full name of the Signatory"; kind = "name";
    step = "registered"; required = true;
    hint = "The full name of the Signatory for whom the certificate is issued."; },
  { name = "email"; label = "E-mail address"; kind = "email";
    step = "registered"; required = true;
    hint = "The e-mail address which will be shown in the certificate. The postal server supporting it has to have SMTP/POP3/IMAP access."; },
  { name = "country"; label = "Country"; kind = "country"; required = true; },
  { name = "city"; label = "City"; kind = "name"; },
  { name = "organisation"; label = "Organisation"; kind = "text"; hint = "Only where the Signatory acts for one."; },
  { name = "phone"; label = "Telephone"; kind = "phone"; }
);
contents = (
  { into = "subject.CN"; text = "${fullname}"; },
  { into = "subject.C"; text = "${country}"; },
  { into = "subject.L"; text = "${city}"; },
  { into = "subject.O"; text = "${organisation}"; },
  { into = "subject.emailAddress"; text = "${email}"; },
  { into = "san.email"; text = "${email}"; }
);
mail_to = "email";
documents_text = "Fill in your REGISTRATION NUMBER in the application for certificate and in the contract at the places needed. Print all documents, sign and notarize them and send them via mail to: Spektar AD, Registration Authority.";
documents = (
  { name = "application"; title = "Application for certificate";
    form = "bg-csp-application.form";
    notarised_by = ["post", "in-person"];
    channels = ["post", "in-person", "signed"]; },
  { name = "contract"; title = "Contract"; notarised = true;
    form = "bg-csp-contract.form";
    channels = ["post", "in-person"]; },
  { name = "identity"; title = "Copy of the identity document";
    notarised = true; channels = ["post", "in-person"]; },
  { name = "company-status"; title = "Certificate of company status";
    optional = true; max_age_days = 30; max_kb = 4096;
    channels = ["post", "in-person", "upload", "signed"]; }
);
carriers = (
  { name = "smart-card"; label = "Smart card";
    extra = "Card reader";
    warning = "Smart cards and readers can be bought from the suppliers approved by the CSProvider. For questions concerning purchase, installment and settings please contact the supplier."; },
  { name = "usb-token"; label = "USB token"; }
);
payment: {
  price = "30.00";
  currency = "BGN";
  text = "The certificate is issued when the service is paid for and the authenticity of the electronic application has been established.";
};
mails = (
  { event = "register"; subject = "Your registration ${number}";
    text = "REGISTRATION NUMBER: ${number}\nInitial access code: ${code}\n\nChange the initial access code from your personal profile.\n"; },
  { event = "return-data"; subject = "Registration ${number}: please correct your data";
    text = "${reason}\n\nRegistration number: ${number}\n"; },
  { event = "check-data"; subject = "Registration ${number}: your data was checked";
    text = "If you agree with the input data proceed to generation of the key pair and creation of the electronic application from your personal profile.\n\nRegistration number: ${number}\n"; },
  { event = "issue"; subject = "Registration ${number}: your certificate is issued";
    text = "From your personal profile proceed to download your certificate.\n\nRegistration number: ${number}\n"; },
  { event = "reject"; subject = "Registration ${number}: refused";
    text = "${reason}\n"; }
);
print = ["pdf", "html", "txt"];
