# SPDX-License-Identifier: BSD-2-Clause
# The order of az-esign for government bodies: the employee is looked up by his FIN,
# the body names him by letter.  A card costs more than a token, as the provider's
# price list has it; its list of papers is not public, so the letter is ours.
title = "Ordering electronic signature certificates for government bodies";
section = "All services";
about = "An electronic signature certificate on a smart card or a USB token. After a single payment it is used for 3 years without any service fees. Carriers comply with the international security standard FIPS 140-2.";
languages = ["en", "az", "ru"];

approval = "officer";
validity_days = 1095;
keys = ["rsa:2048", "rsa:3072", "ec:p256", "ec:p384"];
key_usage = ["digitalSignature", "nonRepudiation"];
ext_key_usage = ["clientAuth", "emailProtection"];
subject: {
  required = ["CN"];
  allowed = ["CN", "GN", "SN", "serialNumber", "C", "L", "O", "OU",
    "title"];
};
san: {
  allowed = ["email"];
};
renewal: {
  approval = "officer";
  window_days = 30;
  remind_days = ["30", "10"];
  remind_text_days = ["30", "10"];
};
staff: { tell = ["submit", "pay"]; };

flow: {
  steps = ["agreed", "identified", "filled", "submitted", "handed-over"];
  submit_needs = ["paid"];
  approve_needs = ["confirmed"];
};
form_button = "CONFIRM";
consent: {
  text = "az-government.agreement";
  box = "I accept the user rules";
  button = "CONTINUE";
};
identity: {
  field = "FIN";
  label = "Personal identification number (FİN)";
  check = "az-fin";
  lookup = "citizens";
  box = "Bring PIN data";
  button = "CONTINUE";
  fills = ["surname", "given", "birth"];
  locked = true;
  not_found = "There is nobody with this personal identification number in the register.";
};
fields = (
  { name = "surname"; label = "Surname"; kind = "name"; required = true; },
  { name = "given"; label = "Given name"; kind = "name"; required = true; },
  { name = "birth"; label = "Date of birth"; kind = "date"; required = true; },
  { name = "organisation"; label = "Government body"; kind = "text";
    required = true; max = 64; },
  { name = "VOEN"; label = "Taxpayer number (VÖEN)"; kind = "az-voen-legal";
    required = true; },
  { name = "position"; label = "Position"; kind = "text"; max = 64; },
  { name = "phone"; label = "Mobile telephone"; kind = "mobile"; required = true;
    hint = "Messages about the order, and before the certificate ends, are sent there."; },
  { name = "email"; label = "E-mail"; kind = "email"; },
  { name = "region"; label = "Region"; kind = "region"; required = true; },
  { name = "city"; label = "Registration Center"; kind = "city"; required = true; }
);
contents = (
  { into = "subject.CN"; text = "${surname} ${given}"; },
  { into = "subject.SN"; text = "${surname}"; },
  { into = "subject.GN"; text = "${given}"; },
  { into = "subject.serialNumber"; text = "${FIN}"; },
  { into = "subject.title"; text = "${position}"; },
  { into = "subject.O"; text = "${organisation}"; },
  { into = "subject.OU"; text = "VOEN${VOEN}"; },
  { into = "subject.C"; text = "AZ"; },
  { into = "san.email"; text = "${email}"; }
);
mail_to = "email";
text_to = "phone";
texts = (
  { event = "fill"; text = "Order ${number} is in. The certificate is handed over at ${branch}, only after producing your ID card."; },
  { event = "reject"; text = "Order ${number}: refused"; },
  { event = "remind"; text = "The electronic signature certificate of order ${number} ends on ${deadline}. Renew it in time."; }
);
branches = (
  { name = "Azerpost, Baku"; region = "Baku"; city = "Baku"; },
  { name = "Azerpost, Ganja"; region = "Ganja-Dashkasan"; city = "Ganja"; },
  { name = "Azerpost, Sumqayit"; region = "Absheron-Khizi"; city = "Sumqayit"; },
  { name = "Azerpost, Lankaran"; region = "Lankaran-Astara"; city = "Lankaran"; }
);
documents = (
  { name = "identity-card"; title = "ID card"; channels = ["in-person"]; },
  { name = "letter"; title = "Letter of the government body that names the employee";
    channels = ["in-person", "upload"]; },
  { name = "taxpayer-certificate"; title = "Certificate of registration as a taxpayer";
    channels = ["in-person", "upload"]; },
  { name = "power-of-attorney"; title = "Power of attorney"; optional = true;
    notarised = true; channels = ["in-person"]; }
);
carriers = (
  { name = "usb-token"; label = "USB token"; certification = "FIPS 140-2";
    warning = "A USB token does not require a card reader because it is directly connected to the PC."; },
  { name = "smart-card"; label = "Smart Card"; certification = "FIPS 140-2";
    price = "80.00";
    extra = "Card reader"; extra_price = "12.00"; }
);
payment: {
  price = "58.00";
  currency = "AZN";
  text = "One payment for 3 years, without any further service fees. A card reader is paid for beside it.";
};
mails = (
  { event = "fill"; subject = "Order ${number}";
    text = "Your order is in. The certificate is handed over at ${branch}, only after producing your ID card.\n\nOrder number: ${number}\n";
    attach_application = true; },
  { event = "reject"; subject = "Order ${number}: refused"; text = "${reason}\n"; }
);
print = ["pdf", "html", "txt"];
