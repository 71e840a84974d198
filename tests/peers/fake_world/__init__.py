"""A fake world: several payment platforms and a bank, played behind their real wire formats by one process.

It is written from the platforms' published documentation and shares no code with the product, so that neither can be
wrong in the same way as the other. Start it with ``python -m tests.peers.fake_world``; ``client.FakeWorld`` speaks to
its control API. It listens on the loopback interface alone and is never shipped.
"""
