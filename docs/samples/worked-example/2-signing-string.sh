#!/usr/bin/env bash
# Step 2 of the worked example: the signing string, with no line feed at its end.
set -euo pipefail

# region step
printf 'Date: %s\nContent-MD5: %s\nPOST /v1/messages HTTP/1.1' \
    'Mon, 23 Nov 2026 08:30:00 GMT' e4355dd089ef72a8730a238a3a324237 >signing-string
cat signing-string
# endregion
