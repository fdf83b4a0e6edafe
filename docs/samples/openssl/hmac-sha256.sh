# shellcheck shell=bash
# Defines hmac_sha256, which prints the HMAC-SHA-256 of standard input under HUBKEYS_SECRET, in base64.
#
# Before OpenSSL had -hmac-env, it took the secret of an HMAC on its command line only (-hmac, -macopt), where `ps` shows it
# to every user of the machine. So this builds the HMAC from two plain digests, as RFC 2104 defines it. The secret stays
# in the shell: its own printf starts no process. It may have 64 characters of ASCII at most; those that Hubkeys makes have 52.
hmac_sha256() {
    local inner='' outer='' code at
    for ((at = 0; at < 64; at++)); do
        code=0
        if ((at < ${#HUBKEYS_SECRET})); then printf -v code '%d' "'${HUBKEYS_SECRET:at:1}"; fi
        printf -v inner '%s\\x%02x' "$inner" $((code ^ 0x36))
        printf -v outer '%s\\x%02x' "$outer" $((code ^ 0x5c))
    done
    {
        printf '%b' "$outer"
        { printf '%b' "$inner"; cat; } | openssl dgst -sha256 -binary
    } | openssl dgst -sha256 -binary | base64
}
