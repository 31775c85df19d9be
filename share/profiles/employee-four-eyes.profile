# SPDX-License-Identifier: BSD-2-Clause
# A signature that stands for the house: one officer confirms the application,
# another one releases it, and only then is the certificate issued.
title = "Certificate for signing in the name of the house";
section = "Services of the house";
about = "Two officers look at each application: one confirms it, another one releases it.";

approval = "officer";
validity_days = 365;
keys = ["ec:p256", "ec:p384", "rsa:2048", "rsa:3072"];
key_usage = ["digitalSignature", "nonRepudiation"];
ext_key_usage = ["clientAuth", "emailProtection"];
subject: {
  required = ["CN"];
  allowed = ["CN", "title", "O", "OU", "C"];
};
san: {
  allowed = ["email"];
};
csrattrs = ["extensions"];
renewal: {
  # the second pair of eyes looks again
  approval = "officer";
  window_days = 30;
  same_key = false;
  remind_days = ["30", "14", "7"];
};

flow: {
  steps = ["agreed", "filled", "submitted", "downloaded", "installed"];
  approve_needs = ["confirmed", "released"];
};
consent: {
  text = "employee-four-eyes.agreement";
  button = "Confirm";
};
fields = (
  { name = "name"; label = "Name"; kind = "name"; required = true; },
  { name = "office"; label = "Title"; kind = "text"; required = true; },
  { name = "email"; label = "E-mail"; kind = "email"; required = true; }
);
contents = (
  { into = "subject.CN"; text = "${name}"; },
  { into = "subject.title"; text = "${office}"; },
  { into = "san.email"; text = "${email}"; }
);
mail_to = "email";
carriers = (
  { name = "smart-card"; label = "Smart card"; validity_days = 730; },
  { name = "usb-token"; label = "USB token"; validity_days = 730; },
  { name = "file:p12"; label = "File"; }
);
mails = (
  { event = "submit"; subject = "Application ${number}";
    text = "Your application is in. Two officers look at it.\n\nNumber: ${number}\n"; },
  { event = "issue"; subject = "Application ${number}: the certificate is issued";
    text = "Download it under the number ${number}.\n"; },
  { event = "reject"; subject = "Application ${number}: refused"; text = "${reason}\n"; }
);
print = ["pdf", "html", "txt"];
