"""A real SMTP server for tests: each mail becomes one JSON file, parsed by Python's email package.

    smtp_sink.py PORT FOLDER     prints "ready" and runs until its standard input closes
"""
import email
import email.policy
import json
import os
import sys

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder):
        self.folder, self.count = folder, 0

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        record = {
            "to": envelope.rcpt_tos[0],
            "from": envelope.mail_from,
            "subject": message["Subject"],
            "headers": [[k, str(v)] for k, v in message.items()],
            "defects": [str(d) for part in message.walk() for d in part.defects],
            "type": message.get_content_type(),
            "text": plain.get_content() if plain else None,
            "html": html.get_content() if html else None,
        }
        path = os.path.join(self.folder, f"{self.count:05d}.json")
        with open(path + ".part", "w") as f:
            json.dump(record, f, ensure_ascii=False)
        os.rename(path + ".part", path)
        with open(path.removesuffix("json") + "eml", "wb") as f:
            f.write(envelope.content)
        return "250 kept"


controller = Controller(Sink(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
controller.stop()
