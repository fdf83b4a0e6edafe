#!/usr/bin/env bash
# Signs requests in Hub HMAC with openssl, and sends them with curl: a GET, and a POST with a body.
# Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/hmac-sha256.sh"

# call METHOD TARGET [BODY]
call() {
    local method=$1 target=$2 body=${3-} date list='Date request-line' signed md5='' signature
    date=$(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')
    signed="Date: $date"
    if [[ $body ]]; then
        md5=$(printf '%s' "$body" | openssl dgst -md5 -r | cut -d' ' -f1)
        signed+=$'\n'"Content-MD5: $md5"
        list='Date Content-MD5 request-line'
    fi
    # No line feed at the end: $(...) and <<< would each change that.
    signature=$(printf '%s\n%s %s HTTP/1.1' "$signed" "$method" "$target" | hmac_sha256)
    curl --disable --silent --show-error --fail-with-body --write-out '\n' --request "$method" --url "$API_URL$target" \
        --header "Date: $date" ${md5:+--header "Content-MD5: $md5"} \
        --header "Authorization: hmac username=\"$HUBKEYS_KEY\", algorithm=\"hmac-sha256\", headers=\"$list\", signature=\"$signature\"" \
        ${body:+--header 'Content-Type: application/json' --data-binary "$body"}
}

call GET '/v1/replies?limit=10'
call POST /v1/messages '{"messages":[{"content":"Hello World","destination_number":"+61491570156","format":"SMS"}]}'
