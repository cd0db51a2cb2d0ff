#!/bin/sh
# Makes the certificates of this folder anew, with other keys: `sh make.sh`. openssl 3.0, in a directory that may be thrown away.
set -e
work=$(mktemp -d) && here=$(cd "$(dirname "$0")" && pwd) && cd "$work"
mkdir new && touch index.txt
cat > ca.cnf <<'CONFIG'
[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = new
policy = p
unique_subject = no
rand_serial = yes
email_in_dn = no
[p]
commonName = supplied
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[int]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:*.tls.example
authorityKeyIdentifier = keyid
CONFIG
ca() { openssl ca -batch -config ca.cnf -notext "$@"; }
key() { openssl genrsa -out "$1.key" "$2" && openssl req -new -key "$1.key" -subj "/CN=$3" -out "$1.csr"; }
root() { key "$1" 2048 "$3" && ca -selfsign -in "$1.csr" -out "$1.pem" -keyfile "$1.key" -extensions root -md "$2" -startdate "$4" -enddate "$5"; }
sign() { ca -in "$1.csr" -out "$1.pem" -cert "$2.pem" -keyfile "$2.key" -extensions "$3" -md "$4" -startdate "$5" -enddate "$6"; }
root root sha1 "Hinomi testbed RSA root" 20150101000000Z 20450101000000Z
root old sha256 "Hinomi testbed old root" 20100101000000Z 20300101000000Z
key intermediate 2048 "Hinomi testbed intermediate"
sign intermediate root int sha256 20160101000000Z 20440101000000Z
key intermediate-sha1 2048 "Hinomi testbed SHA-1 intermediate"
sign intermediate-sha1 root int sha1 20160101000000Z 20440101000000Z
key intermediate-expired 2048 "Hinomi testbed expired intermediate"
sign intermediate-expired root int sha256 20160101000000Z 20250101000000Z
cp intermediate.csr intermediate-cross-expired.csr
sign intermediate-cross-expired old int sha256 20160101000000Z 20240101000000Z
while read -r name authority bits hash; do
    key "$name" "$bits" testbed
    sign "$name" "$authority" leaf "$hash" 20200101000000Z 20400101000000Z
done <<'LEAVES'
leaf intermediate 2048 sha256
leaf-rsa1024 intermediate 1024 sha256
leaf-md5 intermediate 2048 md5
leaf-under-sha1 intermediate-sha1 2048 sha256
leaf-under-expired intermediate-expired 2048 sha256
LEAVES
for one in root intermediate intermediate-sha1 intermediate-expired intermediate-cross-expired leaf leaf-rsa1024 leaf-md5 leaf-under-sha1 leaf-under-expired; do
    openssl x509 -in "$one.pem" -outform DER -out "$here/$one.der"
done
