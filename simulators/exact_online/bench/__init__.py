"""How fast the simulator is: `python -m simulators.exact_online.bench`, on a simulator of its own."""
