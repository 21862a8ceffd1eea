"""What `hvsnap snapshot list VM` does, by pypsrp: connects, finds the machine by its name, prints the names of its snapshots.

The one-shot contestant. Queries and page size are those of hvsnap. The endpoint, the scheme, user and password come by the
variables that hvsnap reads.
"""

import os
import sys

import foreign
from connecting import connect

SNAPSHOT = "Microsoft:Hyper-V:Snapshot:"


def query(host, text):
    pages = foreign.pages(host, text, 100, optimized=True)
    return [foreign.properties(item) for page in pages for item in page]


def main():
    host = connect(os.environ["HVSNAP_ENDPOINT"], os.environ["HVSNAP_AUTH"])
    (machine,) = query(host, f"select * from Msvm_ComputerSystem where ElementName = '{sys.argv[1]}'")
    text = f"select * from Msvm_VirtualSystemSettingData where VirtualSystemIdentifier = '{machine['Name']}'"
    for settings in query(host, text):
        if settings["VirtualSystemType"].startswith(SNAPSHOT):
            print(settings["ElementName"], settings["InstanceID"])
    host.close()


if __name__ == "__main__":
    main()
