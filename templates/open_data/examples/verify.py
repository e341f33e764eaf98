# Checks every signature, the chain of manifests, and the sum of each file of the newest release. Needs jwcrypto.
import hashlib, json, urllib.request
from jwcrypto import jwk, jws

ADDRESS = "{{ url }}"


def fetch(path):
    with urllib.request.urlopen(f"{ADDRESS}/{path}") as answer:
        return answer.read()


def require_sum(content, expected):
    if hashlib.sha256(content).hexdigest() != expected:
        raise SystemExit("a checksum doesn't match")


keys = jwk.JWKSet.from_json(fetch(".well-known/jwks.json"))
newest = json.loads(fetch("datos/v1/latest.json"))
path, expected, files = newest["manifiesto"], newest["sha256"], []
while path:
    content = fetch(path)
    require_sum(content, expected)
    signed = jws.JWS()
    signed.deserialize(fetch(path + ".jws").decode().strip())
    signed.verify(keys.get_key(signed.jose_header["kid"]), alg="ES256", detached_payload=content)
    manifest = json.loads(content)
    print(manifest["name"], "is signed")
    if manifest["name"] == newest["publicacion"]:  # the newest that wasn't withdrawn
        files = manifest["files"]
    before = manifest.get("previous")
    path = before and f"datos/v1/publicaciones/{before['name']}/manifest.json"
    expected = before and before["sha256"]
for file in files:
    require_sum(fetch(file["path"]), file["sha256"])
print(len(files), "files match their sums")
