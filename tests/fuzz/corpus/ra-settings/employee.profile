# SPDX-License-Identifier: BSD-2-Clause
# A person of the house: signs, logs in, reads encrypted mail.  Issued at once.
title = "Employee";
approval = "automatic";
validity_days = 365;
keys = ["ec:p256", "ec:p384", "rsa:2048", "rsa:3072", "rsa:4096", "ed25519"];
key_usage = ["digitalSignature", "nonRepudiation"];
ext_key_usage = ["clientAuth", "emailProtection"];
subject: {
  required = ["CN"];
  allowed = ["CN", "GN", "SN", "serialNumber", "title", "O", "OU",
    "organizationIdentifier", "C", "ST", "L", "emailAddress", "UID", "DC"];
};
san: {
  allowed = ["email", "upn", "uri", "dir"];
};
csrattrs = ["extensions"];
renewal: {
  approval = "automatic";
  # 0: at any time while the certificate is valid
  window_days = 0;
  same_key = true;
};
