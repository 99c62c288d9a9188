"""Rows of CPU per request: katydid beside wrk, and beside whatever else is installed."""
# SPDX-License-Identifier: MIT
from typing import NamedTuple

from bounds import RATIO
from clients import PEERS, Katydid, Wrk
from measure import Failed, Held, measure
from servers import Nginx, Responder


class Kind(NamedTuple):
    """A kind of request: the first of `wrks` is the mark that ratios are taken to."""
    title: str
    script: str
    wrks: list
    server: type = Responder


KINDS = {
    "requests": Kind("one GET, small responses over keep-alive; ratio to wrk's GET", "get.lua", [Wrk()]),
    "options": Kind("a new path, name, headers and a handler in each call; ratio to wrk's plain GET", "options.lua",
                    [Wrk()]),
    "json": Kind("POST of a JSON table, 200 bytes of JSON read; ratio to wrk's plain GET", "json.lua",
                 [Wrk(), Wrk("/json", "wrk_post.lua", "wrk, POST")]),
    "tls": Kind("one GET over TLS, from nginx; ratio to wrk's over TLS", "get.lua", [Wrk()], Nginx),
    "large": Kind("GET of 10 KiB, the body read in Lua; ratio to wrk's of 10 KiB", "large.lua", [Wrk("/10k")]),
}
PEER_USERS = [64, 1000]


def one(options, server_class, client, users):
    server = server_class(options)
    try:
        return measure(server, client, users, options.window)
    finally:
        server.close()


def rotate(options, server_class, clients, all_users):
    """(users, client's name) -> its figures, round by round; each round goes through all, there and back."""
    rounds = {}
    for number in range(options.rounds):
        for users in all_users:
            for client in clients if number % 2 == 0 else reversed(clients):
                rounds.setdefault((users, client.name), []).append(one(options, server_class, client, users))
    return rounds


TURNS = 16  # in a round: a window is so many turns
WARM_S = 0.05  # before each of them
USER_S = 5e-5  # a turn has so much for each user: all of them have a few requests in it, however many they are


def take_turns(options, server_class, clients, users):
    """client's name -> its figures, turn by turn. All stand side by side, and work one after the other, there and
    back."""
    held, turns = [], {client.name: [] for client in clients}
    turn_s = max(options.window / TURNS, users * USER_S)
    try:
        for client in clients:
            held.append(Held(server_class(options), client, users))
        for number in range(options.rounds * TURNS):
            for one_of in held if number % 2 == 0 else reversed(held):
                turns[one_of.client.name].append(one_of.turn(WARM_S, turn_s))
    finally:
        for one_of in held:
            one_of.close()
    return turns


def kind(name):
    """The row of one kind of request."""
    def row(options, report):
        title, script, wrks, server_class = KINDS[name]
        bounds = RATIO[name]
        clients = [*wrks, *(Katydid(options, user_class, script) for user_class in bounds)]
        all_users = sorted({users for of in bounds.values() for users in of})
        report.title("%s: CPU per request, %s (median of %d turns)" % (name, title, options.rounds * TURNS))
        for users in all_users:
            turns = take_turns(options, server_class, clients, users)
            ratios = {client.name: report.cost(name, users, client.name, turns[client.name], turns[wrks[0].name])
                      for client in clients}
            for user_class, of in bounds.items():
                if users in of:
                    report.verdict(name, "%s / wrk at %d users" % (user_class, users), ratios[user_class], of[users])
    return row


def runnable(options, report, server_class, peers):
    """Those that are here, and that manage a first short window at the most users; the others are reported."""
    able = []
    for peer in peers:
        why = peer.missing()
        if why is None:
            try:
                one(options, server_class, peer, max(PEER_USERS))
            except Failed as problem:
                why = str(problem)
        if why is not None:
            report.skip("peers", peer.name, why)
        else:
            report.say("  %s: %s" % (peer.name, peer.version()))
            able.append(peer)
    return able


def peers(options, report):
    """All load generators at the same load, in turn."""
    report.title("peers: CPU per request, one small GET; ratio to wrk's (median of %d rounds)" % options.rounds)
    clients = [Wrk(), *(Katydid(options, user_class, "get.lua") for user_class in ("FastHttpUser", "HttpUser")),
               *runnable(options, report, Responder, PEERS)]
    rounds = rotate(options, Responder, clients, PEER_USERS)
    for users in PEER_USERS:
        for client in clients:
            report.cost("peers", users, client.name, rounds[users, client.name], rounds[users, "wrk"])
