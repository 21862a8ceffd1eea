"""pypsrp's client, as the contestants use it: Basic as it is, or NTLM with every message sealed.

User and password come by the variables that hvsnap reads too.
"""

import os
import urllib.parse

from pypsrp.wsman import WSMan


def connect(endpoint, auth):
    address = urllib.parse.urlsplit(endpoint)
    return WSMan(
        address.hostname,
        port=address.port,
        username=os.environ["HVSNAP_USER"],
        password=os.environ["HVSNAP_PASSWORD"],
        ssl=False,
        auth=auth,
        encryption="never" if auth == "basic" else "always",
        no_proxy=True,
    )
