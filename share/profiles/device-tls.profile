# SPDX-License-Identifier: BSD-2-Clause
# A server or an appliance: TLS with names in subjectAltName.  Issued at once.
title = "Device, TLS";
approval = "automatic";
validity_days = 90;
keys = ["ec:p256", "ec:p384", "rsa:2048", "rsa:3072", "rsa:4096"];
key_usage = ["digitalSignature"];
ext_key_usage = ["serverAuth", "clientAuth"];
subject: {
  required = ["CN"];
  allowed = ["CN", "O", "OU", "C", "serialNumber"];
};
san: {
  required = ["dns"];
  allowed = ["dns", "ip"];
};
csrattrs = ["extensions"];
renewal: {
  approval = "automatic";
  window_days = 30;
  same_key = false;
};
# what it was called before: paths and commands that say so find it
aliases = ["device"];
