# The practice server's command line.

$ katydid target --help | head -12
Usage: katydid target [options]

A practice server of known delays, sizes, statuses and faults, which counts
what it served. It prints its address, and ends by Ctrl-C.

Options:
  -h, --help                  show this help
      --port PORT             listen there; 0 takes any free port, and says
                              which (default: 8080)
      --bind ADDRESS          listen on this address; 0.0.0.0 is every network
                              (default: 127.0.0.1)
      --delay MIN..MAX        wait so many milliseconds before each answer,

# Its routes are listed.
$ katydid target --help | grep -c '/delay/<ms>\|/_counts'
2

# It says where it listens, and a signal ends it in good order.
$ when listening INT -- katydid target --port 0
listening on http://127.0.0.1:{n}

$ when listening TERM -- katydid target --port 0 --bind ::1
listening on http://[::1]:{n}

$ katydid target --port 99999
2> katydid: error: --port: expected a whole number from 0 to 65535, got '99999'
[2]

$ katydid target --delay soon
2> katydid: error: --delay: expected milliseconds as MIN..MAX or one number, got 'soon'
[2]

$ katydid target --error-rate 2
2> katydid: error: --error-rate: expected a number from 0 to 1, got '2'
[2]

$ katydid target --users 3
2> katydid: error: unknown option --users
[2]

$ katydid target somewhere
2> katydid: error: target takes no words, got 'somewhere' (katydid target --help)
[2]

# A port that is taken.
$ katydid target --port "${TARGET##*:}"
2> katydid: error: cannot listen on 127.0.0.1 port {n}: Address already in use
[2]
