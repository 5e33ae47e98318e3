#!/usr/bin/env python3
"""Verifies a log of guard without guard: python3 verify.py KEY.pem FILE... (oldest file first).

The chain needs the standard library only; signatures are checked with openssl 3 where it is installed.
"""
import hashlib, json, re, shutil, subprocess, sys, tempfile

key_file, files = sys.argv[1], sys.argv[2:]
HEAD = re.compile(rb'\{"v":1,"type":"([a-z]+)","ts":"[^"]*","writer":"([^"]*)","seq":(\d+),"prev":(?:null|"([0-9a-f]{64})"),')
END = re.compile(rb'(.*,"key":"([^"]*)"),"signature":"([0-9a-f]{128})"\}', re.S)
openssl = shutil.which("openssl")
fingerprint = None
if openssl:
    der = subprocess.run([openssl, "pkey", "-pubin", "-in", key_file, "-outform", "DER"], capture_output=True, check=True).stdout
    fingerprint = b"sha256:" + hashlib.sha256(der).hexdigest().encode()
writers, findings = {}, 0


def found(place, text):
    global findings
    findings += 1
    print(f"{place}: {text}")


def fits(signed, signature):
    with tempfile.NamedTemporaryFile() as text, tempfile.NamedTemporaryFile() as mark:
        text.write(signed), text.flush()
        mark.write(bytes.fromhex(signature.decode())), mark.flush()
        words = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", key_file, "-in", text.name, "-sigfile", mark.name]
        return subprocess.run([openssl, *words], capture_output=True).returncode == 0


def is_json(line):
    try:
        return json.loads(line) is not None
    except ValueError:
        return False


def says_loss(line, head, seq, prev):
    if b',"event":"records-lost",' not in line:
        return False
    said = json.loads(line)["detail"]
    there = prev == head[1] or any((one["seq"], one["hash"]) == head for one in said.get("heads", []))
    return there and said["first"] <= head[0] + 1 and said["last"] == seq - 1


def check(line, place):
    if not line:
        return
    match = HEAD.match(line)
    if not match or not is_json(line):
        # The start of a record is what a killed writer leaves; if one is missing, its chain tells.
        if is_json(line) or not (b'{"v":1,'.startswith(line) or line.startswith(b'{"v":1,')):
            found(place, "no record")
        return
    kind, writer, seq = match[1], match[2].decode(), int(match[3])
    prev, head = match[4] and match[4].decode(), writers.get(writer, (0, None))
    if (seq, prev) != (head[0] + 1, head[1]) and not says_loss(line, head, seq, prev):
        found(place, f"record {seq} of {writer} does not follow record {head[0]}")
    if kind == b"checkpoint" and openssl:
        end = END.fullmatch(line)
        if not end or end[2] != fingerprint:
            found(place, "a checkpoint of another key")
        elif not fits(end[1], end[3]):
            found(place, "a wrong signature")
    writers[writer] = (seq, hashlib.sha256(line).hexdigest())


for file in files:
    with open(file, "rb") as lines:
        for number, line in enumerate(lines, 1):
            check(line.rstrip(b"\n"), f"{file}:{number}")
if not openssl:
    print("signatures: not checked, as there is no openssl")
print("intact" if findings == 0 else f"changed: {findings} findings")
sys.exit(0 if findings == 0 else 1)
