"""The loops of the foreign clients, with the options and the one line of JSON of the Rust binary `loops`.

    foreign_loops.py pypsrp-invoke --endpoint URL --auth basic|ntlm --request FILE --operations N --warm-up M
    foreign_loops.py pywinrm-invoke (the same)
    foreign_loops.py pypsrp-enumerate --endpoint URL --auth basic|ntlm --class CLASS

User and password come by HVSNAP_USER and HVSNAP_PASSWORD. Only the client that is measured is imported. CPU time is that of the
measured operations; the peak is that of the whole process.
"""

import argparse
import json
import os
import pathlib
import resource
import time
import xml.etree.ElementTree as ET

S = "{http://www.w3.org/2003/05/soap-envelope}"
A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"

# What the method returns; nothing on the host changes by it.
NOT_FOUND = "32773"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("loop", choices=LOOPS)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--auth", choices=("basic", "ntlm"), required=True)
    parser.add_argument("--request", type=pathlib.Path, help="the envelope that the Rust loops send")
    parser.add_argument("--class", dest="wanted")
    parser.add_argument("--operations", type=int, default=1)
    parser.add_argument("--warm-up", type=int, default=0)
    arguments = parser.parse_args()
    LOOPS[arguments.loop](arguments)


def pypsrp_invoke(arguments):
    """The same action, resource, selectors and body; pypsrp makes headers of its own, and parses and relates the answer."""
    from connecting import connect
    from pypsrp.wsman import SelectorSet

    envelope = ET.parse(arguments.request).getroot()
    header, body = envelope.find(f"{S}Header"), envelope.find(f"{S}Body")
    action, resource_uri = header.find(f"{A}Action").text, header.find(f"{W}ResourceURI").text
    chosen = SelectorSet()
    for each in header.iterfind(f"{W}SelectorSet/{W}Selector"):
        chosen.add_option(each.get("Name"), each.text)
    content = next(iter(body), None)
    client = connect(arguments.endpoint, arguments.auth)

    def ask():
        return client.invoke(action, resource_uri, content, selector_set=chosen)

    repeat(arguments, ask, lambda answer: verify(answer, action))


def pywinrm_invoke(arguments):
    """The very same bytes; the answer is opened where it is sealed, and not parsed."""
    from winrm.protocol import Protocol

    envelope = arguments.request.read_bytes()
    client = Protocol(
        endpoint=arguments.endpoint,
        transport=arguments.auth,
        username=os.environ["HVSNAP_USER"],
        password=os.environ["HVSNAP_PASSWORD"],
        message_encryption="always" if arguments.auth == "ntlm" else "never",
        proxy=None,
    )
    action = ET.fromstring(envelope).find(f"{S}Header/{A}Action").text
    repeat(arguments, lambda: client.send_message(envelope), lambda answer: verify(ET.fromstring(answer), action))


def pypsrp_enumerate(arguments):
    """Every instance of a class, page by page, a hundred a page; counted, not kept."""
    import foreign
    from connecting import connect

    client = connect(arguments.endpoint, arguments.auth)
    text = f"select * from {arguments.wanted}"

    def ask():
        return sum(len(page) for page in foreign.pages(client, text, 100, optimized=True))

    repeat(arguments, ask, lambda count: None)


def verify(envelope, action):
    """That it is the answer to this action, and that the host looked for the snapshot, which it does not have."""
    told = envelope.find(f"{S}Header/{A}Action").text
    assert told == f"{action}Response", told
    for each in envelope.find(f"{S}Body").iter():
        if each.tag.endswith("}ReturnValue"):
            assert each.text == NOT_FOUND, each.text


def repeat(arguments, ask, check):
    """Unmeasured and measured operations; the last answer is verified when the measuring is over."""
    answer = None
    for _ in range(arguments.warm_up):
        answer = ask()
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    for _ in range(arguments.operations):
        answer = ask()
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
    check(answer)
    line = {
        "operations": arguments.operations,
        "user_seconds": after.ru_utime - before.ru_utime,
        "system_seconds": after.ru_stime - before.ru_stime,
        "wall_seconds": wall,
        "peak_memory_bytes": status("VmHWM") * 1024,
        "threads": status("Threads"),
    }
    if isinstance(answer, int):
        line["instances"] = answer
    print(json.dumps(line))


def status(field):
    """A number of /proc/self/status."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise KeyError(field)


LOOPS = {"pypsrp-invoke": pypsrp_invoke, "pywinrm-invoke": pywinrm_invoke, "pypsrp-enumerate": pypsrp_enumerate}

if __name__ == "__main__":
    main()
