#!/usr/bin/env python3
"""Checks a proof of docs/format.md with Python's standard library and openssl, and nothing of Bailiwick.

usage: verify_proof.py PROOF VERIFIER-KEY-LINE

Prints what is shown and exits 0, or says why not and exits 6. It follows the written format only: Cap'n Proto is read by hand.
"""
import base64
import hashlib
import os
import struct
import subprocess
import sys
import tempfile

KINDS = {  # name: (code, type id, where contentHash is among the pointers)
    "account": (0, 0x85E54C8155B49333, 10),
    "resourceProfile": (1, 0xA02A0AA2F5CFA8EC, 7),
    "policyProfile": (2, 0x82CE8872B7675311, 9),
    "roleBinding": (3, 0xA1C37E3F37822898, 5),
    "externalBinding": (4, 0xE3D7989BC3CE83E2, 9),
    "policyVersion": (5, 0xEE1B667EC9270C49, 5),
    "credential": (6, 0xE9274A9EF9C300F2, 7),
    "seedManifest": (7, 0xEAC187949EF16677, 5),
    "storeKey": (8, 0xF5E31FDAA476CA41, 4),
}


class Refused(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Refused(why)


# ---- Cap'n Proto, just enough: one segment, structs and lists ----

def word(data, at):
    require(0 <= at and at * 8 + 8 <= len(data), "a pointer leads out of the message")
    return struct.unpack_from("<Q", data, at * 8)[0]


def offset(pointer):
    value = (pointer & 0xFFFFFFFF) >> 2
    return value - (1 << 30) if value >= 1 << 29 else value


def read_struct(data, at):
    """(data words, pointers as positions)"""
    pointer = word(data, at)
    if pointer == 0:
        return (b"", [])
    require(pointer & 3 == 0, "no struct where one should be")
    start = at + 1 + offset(pointer)
    words, pointers = (pointer >> 32) & 0xFFFF, pointer >> 48
    require((start + words + pointers) * 8 <= len(data), "a struct ends outside the message")
    return (data[start * 8:(start + words) * 8], [start + words + i for i in range(pointers)])


def read_bytes(data, at):
    pointer = word(data, at)
    if pointer == 0:
        return b""
    require(pointer & 3 == 1 and (pointer >> 32) & 7 == 2, "no bytes where some should be")
    start, count = (at + 1 + offset(pointer)) * 8, pointer >> 35
    require(start + count <= len(data), "bytes end outside the message")
    return data[start:start + count]


def read_struct_list(data, at):
    pointer = word(data, at)
    if pointer == 0:
        return []
    require(pointer & 3 == 1 and (pointer >> 32) & 7 == 7, "no list of structs where one should be")
    tag_at = at + 1 + offset(pointer)
    tag = word(data, tag_at)
    words, pointers = (tag >> 32) & 0xFFFF, tag >> 48
    items = []
    for i in range((tag & 0xFFFFFFFF) >> 2):
        start = tag_at + 1 + i * (words + pointers)
        items.append((data[start * 8:(start + words) * 8], [start + words + j for j in range(pointers)]))
    return items


def field(item, data, index, size):
    """A number of that many bytes in the data section; absent is zero."""
    section = item[0]
    return int.from_bytes(section[index * size:(index + 1) * size], "little")


def data_field(item, data, index):
    return read_bytes(data, item[1][index]) if index < len(item[1]) else b""


def canonical(data, left_out=None):
    """The canonical form, with one pointer of the root struct left out."""
    out = bytearray(8)

    def put_struct(target, source, size_data, size_pointers, skip=None):
        section, pointers = source
        start = len(out) // 8
        out.extend(section[:size_data * 8].ljust(size_data * 8, b"\0"))
        out.extend(bytes(size_pointers * 8))
        if target is not None:
            struct.pack_into("<Q", out, target * 8,
                             (((start - target - 1) << 2) & 0xFFFFFFFF) | size_data << 32 | size_pointers << 48)
        for i in range(size_pointers):
            if i != skip:
                put_pointer(start + size_data + i, pointers[i])
        return start

    def size_of(source, skip=None):
        section, pointers = source
        words = len(section) // 8
        while words and section[(words - 1) * 8:words * 8] == bytes(8):
            words -= 1
        count = len(pointers)
        while count and (word(data, pointers[count - 1]) == 0 or count - 1 == skip):
            count -= 1
        return words, count

    def put_pointer(target, source):
        pointer = word(data, source)
        if pointer == 0:
            return
        if pointer & 3 == 0:
            item = read_struct(data, source)
            words, count = size_of(item)
            if words + count == 0:
                struct.pack_into("<Q", out, target * 8, 0xFFFFFFFC)
            else:
                put_struct(target, item, words, count)
            return
        require(pointer & 3 == 1, "a pointer of a kind that records have not")
        kind, count = (pointer >> 32) & 7, pointer >> 35
        start = len(out) // 8
        struct.pack_into("<I", out, target * 8, ((start - target - 1) << 2) & 0xFFFFFFFF | 1)
        if kind == 7:
            items = read_struct_list(data, source)
            sizes = [size_of(item) for item in items] or [(0, 0)]
            words, pointers = max(s[0] for s in sizes), max(s[1] for s in sizes)
            struct.pack_into("<I", out, target * 8 + 4, 7 | len(items) * (words + pointers) << 3)
            out.extend(struct.pack("<Q", len(items) << 2 | words << 32 | pointers << 48))
            first = len(out) // 8
            out.extend(bytes(len(items) * (words + pointers) * 8))
            for i, (section, inner) in enumerate(items):
                at = first + i * (words + pointers)
                out[at * 8:(at + words) * 8] = section[:words * 8].ljust(words * 8, b"\0")
                for j in range(min(pointers, len(inner))):
                    put_pointer(at + words + j, inner[j])
            return
        struct.pack_into("<I", out, target * 8 + 4, kind | count << 3)
        begin = (source + 1 + offset(pointer)) * 8
        if kind == 6:
            out.extend(bytes(count * 8))
            for i in range(count):
                put_pointer(start + i, begin // 8 + i)
            return
        bits = {0: 0, 1: 1, 2: 8, 3: 16, 4: 32, 5: 64}[kind] * count
        content = data[begin:begin + (bits + 7) // 8]
        out.extend(content.ljust((len(content) + 7) // 8 * 8, b"\0"))

    root = read_struct(data, 0)
    words, count = size_of(root, left_out)
    if words + count == 0:
        struct.pack_into("<Q", out, 0, 0xFFFFFFFC)
    else:
        put_struct(0, root, words, count, left_out)
    return bytes(out)


# ---- hashes, notes, keys ----

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf(entry):
    return sha256(b"\0", entry)


def node(left, right):
    return sha256(b"\1", left, right)


def b64(text):
    decoded = base64.b64decode(text, validate=True)
    require(base64.b64encode(decoded).decode() == text, "Base64 written in another way")
    return decoded


def ed25519(key, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, content in zip(paths, (bytes.fromhex("302a300506032b6570032100") + key, message, signature)):
            with open(path, "wb") as file:
                file.write(content)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths[0], "-rawin",
             "-in", paths[1], "-sigfile", paths[2]], capture_output=True, check=False).returncode == 0


def key_id(name, key):
    return sha256(name.encode(), b"\n\1", key)[:4]


def signed(note, name, key):
    text, signatures = note
    for line in signatures:
        lead, _, blob = line.rpartition(" ")
        if lead == "\u2014 " + name:
            blob = b64(blob)
            if blob[:4] == key_id(name, key) and ed25519(key, text.encode(), blob[4:]):
                return True
    return False


def parse_note(text):
    body, _, below = text.partition("\n\n")
    require(below.endswith("\n"), "no signed note")
    return (body + "\n", below[:-1].split("\n"))


def parse_key(line):
    name, identifier, key = line.split("+", 2)
    key = b64(key)
    require(len(key) == 33 and key[0] == 1, "no Ed25519 key")
    require(key_id(name, key[1:]).hex() == identifier, "the key id is not the key's")
    return name, key[1:]


def parse_checkpoint(note):
    lines = note[0].split("\n")
    require(len(lines) == 4 and lines[3] == "", "no checkpoint")
    return lines[0], int(lines[1]), b64(lines[2])


def key_chain(lines):
    """[(key, size from which on it signs nothing, or None)], and the origin"""
    origin, key = parse_key(take(lines, "key"))
    chain = []
    while lines and lines[0].startswith("rotation "):
        note = parse_note(b64(take(lines, "rotation")).decode())
        said = note[0].split("\n")
        require(said[0] == "bailiwick/key-rotation@v1" and said[1] == origin, "no rotation of this store's key")
        require(b64(said[3]) == key and signed(note, origin, key), "the key before has not named the next")
        require(signed(note, origin, b64(said[4])), "the next key has not signed")
        chain.append((key, int(said[2])))
        key = b64(said[4])
    return origin, chain + [(key, None)]


def require_signed(note, origin, chain):
    name, size, root = parse_checkpoint(note)
    require(name == origin, "the checkpoint is of another store")
    require(any((end is None or size < end) and signed(note, origin, key) for key, end in chain),
            "no key that signed at this size has signed the checkpoint")
    return size, root


def take(lines, name):
    require(lines and lines[0].startswith(name + " "), "the line " + name + " is missing")
    return lines.pop(0)[len(name) + 1:]


# ---- RFC 9162 ----

def root_of_inclusion(leaf_hash, index, size, path):
    fn, sn, value = index, size - 1, leaf_hash
    for step in path:
        require(sn != 0, "the path is too long")
        if fn & 1 or fn == sn:
            value = node(step, value)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node(value, step)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0, "the path is too short")
    return value


def check_consistency(first, first_root, second, second_root, path):
    if first == second:
        require(not path and first_root == second_root, "two roots of one size")
        return
    path = ([first_root] if first & (first - 1) == 0 else []) + path
    require(path, "no path")
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for step in path[1:]:
        require(sn != 0, "the path is too long")
        if fn & 1 or fn == sn:
            old, new = node(step, old), node(step, new)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node(new, step)
        fn, sn = fn >> 1, sn >> 1
    require(sn == 0 and old == first_root and new == second_root, "the hashes do not lead to the roots")


# ---- the two proofs ----

def record_proof(text, origin, key):
    head, tlog, body, below = text.split("\n\n")
    lines = head.split("\n")[1:]
    kind, record_id = take(lines, "kind"), bytes.fromhex(take(lines, "id").removeprefix("rec-"))
    version, record, entry = int(take(lines, "version")), b64(take(lines, "record")), b64(take(lines, "entry"))
    name, chain = key_chain(lines)
    require(not lines and name == origin and any(key == known for known, _ in chain), "not a key of this store")
    path_lines = tlog.split("\n")
    require(path_lines.pop(0) == "c2sp.org/tlog-proof@v1", "no tlog-proof")
    index, path = int(take(path_lines, "index")), [b64(line) for line in path_lines]
    size, root = require_signed(parse_note(body + "\n\n" + below), origin, chain)

    code, type_id, hash_pointer = KINDS[kind]
    require(canonical(record) == record and canonical(entry) == entry, "bytes are not canonical")
    content_hash = sha256(struct.pack("<Q", type_id), canonical(record, hash_pointer))
    require(data_field(read_struct(record, 0), record, hash_pointer) == content_hash, "the record has another hash")

    # JournalEntry: sequence is the first number, changes the pointer after previousEntryHash, transactionId, commandHash, operation.
    item = read_struct(entry, 0)
    require(field(item, entry, 0, 8) == index + 1, "the entry is another one")
    changes = read_struct_list(entry, item[1][4])
    require(any(field(change, entry, 0, 2) == code and field(change, entry, 1, 8) == version
                and data_field(change, entry, 0) == record_id and data_field(change, entry, 1) == content_hash
                for change in changes), "the entry did not commit this version")
    require(index < size and root_of_inclusion(leaf(entry), index, size, path) == root, "not in the tree")
    return "committed %s rec-%s version %d hash %s sequence %d size %d" % (
        kind, record_id.hex(), version, content_hash.hex(), index + 1, size)


def consistency_proof(text, origin, key):
    head, body1, below1, body2, below2 = text.split("\n\n")[0:1] + split_notes(text)
    lines = head.split("\n")[1:]
    name, chain = key_chain(lines)
    require(name == origin and any(key == known for known, _ in chain), "not a key of this store")
    path = []
    while lines:
        path.append(b64(take(lines, "hash")))
    first, first_root = require_signed(parse_note(body1 + "\n\n" + below1 + "\n"), origin, chain)
    second, second_root = require_signed(parse_note(body2 + "\n\n" + below2), origin, chain)
    check_consistency(first, first_root, second, second_root, path)
    return "consistent %d %d" % (first, second)


def split_notes(text):
    parts = text.split("\n\n")
    require(len(parts) == 5, "a consistency proof has five paragraphs")
    return parts[1:]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    origin, key = parse_key(sys.argv[2])
    try:
        if text.startswith("bailiwick/record-proof@v1\n"):
            print(record_proof(text, origin, key))
        elif text.startswith("bailiwick/consistency-proof@v1\n"):
            print(consistency_proof(text, origin, key))
        else:
            raise Refused("no proof of a known version")
    except (Refused, ValueError, IndexError, KeyError, struct.error) as why:
        print("refused:", why, file=sys.stderr)
        sys.exit(6)


main()
