"""python3-libvirt's part of the libvirt bench: URI as the only argument, one line of JSON as the answer."""

import json
import statistics
import sys
import threading
import time

import libvirt


def per_second(call, lanes, seconds):
    done = [0] * lanes
    end = time.perf_counter() + seconds

    def lane(at):
        while time.perf_counter() < end:
            call()
            done[at] += 1

    threads = [threading.Thread(target=lane, args=(at,)) for at in range(lanes)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def milliseconds(work, rounds):
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def everything(connection):
    return [(each.name(), each.state(), each.XMLDesc()) for each in connection.listAllDomains()]


connection = libvirt.open(sys.argv[1])
domains = connection.listAllDomains()
one = domains[0]
print(
    json.dumps(
        {
            "domains": len(domains),
            "oneByOne": per_second(one.state, 1, 1.5),
            "inFlight": per_second(one.state, 32, 1.5),
            "everything": milliseconds(lambda: everything(connection), 5),
            "statistics": milliseconds(connection.getAllDomainStats, 5),
        }
    )
)
