#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""ra-api.py OPENAPI SCHEMA FILE...: each FILE is an answer as SCHEMA of OPENAPI says."""
import json
import sys

import jsonschema

with open(sys.argv[1]) as f:
    document = json.load(f)
schema = {'$ref': '#/components/schemas/' + sys.argv[2], 'components': document['components']}
validator = jsonschema.Draft202012Validator(schema)
wrong = 0
for name in sys.argv[3:]:
    with open(name) as f:
        answer = json.load(f)
    for error in validator.iter_errors(answer):
        wrong = 1
        print('%s: %s: %s' % (name, error.json_path, error.message), file=sys.stderr)
sys.exit(wrong)
