# SPDX-License-Identifier: BSD-2-Clause
# "SSL certificate for legal entities" of the National Certification Authority
# of the Republic of Kazakhstan: the procedure of kz-ssl; the legal entity is
# looked up by its BIN, and stands in the certificate beside the domain name.
title = "SSL certificate for legal entities";
section = "Obtainment of digital signature keys";
about = "A certificate for a domain name, for legal entities. The application is confirmed in a Registration Authority of your choice within one month.";
languages = ["en", "kk", "ru"];

approval = "officer";
validity_days = 365;
keys = ["rsa:2048", "rsa:3072", "ec:p256", "ec:p384"];
key_usage = ["digitalSignature", "keyEncipherment"];
ext_key_usage = ["serverAuth", "clientAuth"];
subject: {
  required = ["CN"];
  allowed = ["CN", "GN", "SN", "serialNumber", "C", "L", "ST", "O", "OU"];
};
san: {
  required = ["dns"];
  allowed = ["dns", "email"];
};
csrattrs = ["extensions"];
renewal: {
  approval = "automatic";
  window_days = 30;
  remind_days = ["30", "14", "7"];
  remind_text_days = ["10"];
};

flow: {
  steps = ["agreed", "identified", "filled", "key", "submitted",
    "downloaded", "installed"];
};
number_opens_status = true;
number_text = "NB! Remember the application number which is needed for identification of your application in the Registration Authority, and also for setting up the issued certificate.";
captcha = true;
consent: {
  text = "kz-ssl.agreement";
  box = "I have read the agreement and accept it";
  button = "Confirm";
};
identity: {
  field = "BIN";
  label = "Business Identification Number (BIN)";
  check = "kz-bin";
  lookup = "legal-entities";
  button = "Check BIN";
  fills = ["organisation"];
  locked = true;
  not_found = "NB! In the event that your data is not available in the “Legal Entities” Database, please apply to the Department of Justice of your city!";
};
fields = (
  { name = "organisation"; label = "Legal entity"; kind = "text";
    required = true; max = 64; },
  { name = "IIN"; label = "Individual Identification Number (IIN) of the holder";
    kind = "kz-iin"; required = true; },
  { name = "surname"; label = "Surname"; kind = "name"; required = true; },
  { name = "given"; label = "Given name"; kind = "name"; required = true; },
  { name = "email"; label = "E-mail"; kind = "email";
    hint = "To this email, you will receive information on status of your digital signature, and also, upon the end of application submission, the application number will be sent, along with application to be submitted to Registration Authority.";
    warning = "NB! Be careful when filling in the “E-Mail” field, because if there is any error, then notice of successful registration will not come to your email."; },
  { name = "mobile"; label = "Mobile telephone"; kind = "mobile";
    hint = "A message is sent there before the certificate ends."; },
  { name = "region"; label = "Region"; kind = "region"; required = true; },
  { name = "city"; label = "City"; kind = "city"; required = true; },
  { name = "domain"; label = "Domain name"; kind = "dns"; required = true;
    max = 253; }
);
contents = (
  { into = "subject.CN"; text = "${domain}"; },
  { into = "subject.SN"; text = "${surname}"; },
  { into = "subject.GN"; text = "${given}"; },
  { into = "subject.serialNumber"; text = "IIN${IIN}"; },
  { into = "subject.O"; text = "${organisation}"; },
  { into = "subject.OU"; text = "BIN${BIN}"; },
  { into = "subject.C"; text = "KZ"; },
  { into = "san.dns"; text = "${domain}"; }
);
mail_to = "email";
text_to = "mobile";
branches = (
  { name = "Registration Authority, Astana"; region = "Astana"; city = "Astana"; },
  { name = "Registration Authority, Almaty"; region = "Almaty"; city = "Almaty"; },
  { name = "Registration Authority, Karaganda"; region = "Karaganda region";
    city = "Karaganda"; },
  { name = "Registration Authority, Temirtau"; region = "Karaganda region";
    city = "Temirtau"; },
  { name = "Registration Authority, Shymkent"; region = "Shymkent";
    city = "Shymkent"; }
);
documents = (
  { name = "application"; title = "Printed application"; channels = ["in-person"]; },
  { name = "identity-card"; title = "Identity card"; channels = ["in-person"]; },
  { name = "power-of-attorney"; title = "Power of attorney";
    optional = true; notarised_by = ["in-person"]; types = ["pdf"];
    channels = ["in-person", "signed"]; },
  { name = "chairman-consent";
    title = "Consent of the chairman, for employees, signed with his key";
    optional = true; types = ["pdf"]; channels = ["in-person", "signed"]; }
);
carriers = (
  { name = "file:p12"; label = "Personal Computer"; validity_days = 365;
    warning = "NB!The “Personal Computer” repository is insecure. We recommend using the secure key information media to reduce the risk of compromising the digital signature keys."; },
  { name = "file:java"; label = "Java keys repository"; validity_days = 365; },
  { name = "usb-token"; label = "USB token"; validity_days = 1095; },
  { name = "smart-card"; label = "Smart card"; validity_days = 1095; }
);
password: {
  min = 6;
  max = 32;
  require = ["latin", "digit"];
  others = "#$^+=!*()@%&_?-.";
  twice = true;
  text = "NB! Password must contain Latin characters and digits. The password length should be 6 to 32 characters. In addition, password may include: Latin upper-case letters and wildcard characters «#$^+=!*()@%&_?-.».";
  warning = "You must remember the password you indicated! The password shall NOT be recovered! NCA shall not keep your password, and if you lose your password, these digital signature keys must be revoked.";
};
deadlines = (
  { state = "submitted"; months = 1; event = "destroy";
    warning = "NB! Upon submitting the request you need to apply to Registration Authority within the period of one month from the date of application submission. In the event that you do not validate your application in the Registration Authority within the above period, the application will be destroyed."; }
);
statuses = (
  { state = "submitted"; text = "The application is submitted and waits to be confirmed in the Registration Authority"; },
  { state = "issued"; text = "Certificates under the application have been issued"; },
  { state = "downloaded"; text = "Certificates under the application have been issued"; },
  { state = "installed"; text = "Certificates have been set up"; }
);
mails = (
  { event = "submit"; subject = "Application for certificate: ${number}";
    text = "The application for certificate has been submitted on the NCA website.\n\nApplication number: ${number}\n\nNB! Remember the application number which is needed for identification of your application in the Registration Authority, and also for setting up the issued certificate.\n\nPlease note that NCA is not responsible for delivery of the information message. If you do not receive it, check the spam folder, the correctness of the email address, or ascertain that your mail server is reliable.\n";
    attach_application = true; },
  { event = "issue"; subject = "Application ${number}: ${status}";
    text = "Application number: ${number}\nApplication status: ${status}\n"; }
);
print = ["pdf", "html", "txt"];
