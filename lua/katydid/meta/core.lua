---@meta katydid.core

-- What C gives to the Lua half. Scenarios never see it: they see what lua/katydid makes of it.
-- Every function here raises on arguments of a wrong type, at the level of its caller.

---@class katydid.core
---@field version string the program's version; lua/katydid/init.lua refuses another
---@field sched katydid.core.sched
---@field spawn katydid.core.spawn
---@field time katydid.core.time
---@field rand katydid.core.rand
---@field http katydid.core.http
---@field json katydid.core.json
---@field url katydid.core.url
---@field text katydid.core.text
---@field file katydid.core.file
---@field log katydid.core.log
---@field run katydid.core.run
---@field stats katydid.core.stats
---@field metric katydid.core.metric

---Coroutines of users. A wait is: start something (http.start), then yield WAIT to whoever
---resumed; what the yield returns is nil when that something is done, or the signal STOP.
---@class katydid.core.sched
---@field WAIT userdata what a wait yields; nothing else may be yielded to the scheduler
---@field STOP userdata what a wait returns to a user that is ended; thrown from there with level 0
---@field turn katydid.core.turn
local sched = {}

---What can be known of the user that runs without a call.
---@class katydid.core.turn
---@field is_calm boolean it isn't asked to end, and has spawned nothing; only to be read
---@field has_waited boolean set after each wait, by whoever waits, and unset by whoever asks: nobody else has
--- run in between where it is still unset

---Raises "WHAT may only be called by a running user" (with the phase: "not while the script is loaded",
---"not in a shape's tick", …) unless the running coroutine belongs to one that may wait now. Throws STOP where
---the user is to end.
---@param what string for the message: "client:get"
---@param level integer as error's, counted from the caller of check
function sched.check(what, level) end

---Whether the running user was asked to end: it ends before its next task or wait. Who gets true must end the
---user, as after sched.ending.
---@return boolean
function sched.is_stopping() end

---The running user ends: a STOP that is due at its next wait counts as given, and no other comes. Said before
---STOP is thrown and before on_stop, so that nothing disturbs that.
function sched.ending() end

---Whether the running coroutine is a user's own, not one that the script made.
---@return boolean
function sched.is_main() end

---Cancels what the running user has just started and can't wait for.
---@param what string for the message
---@return string why no wait is possible here, with the caller's position
function sched.abandon(what) end

---The user instance whose coroutine runs, or nil. Nested coroutines of a script belong to their user.
---@return table?
function sched.user() end

---@class katydid.core.spawned: userdata a function that was spawned

---Functions that run beside the one that spawned them, each in a coroutine of its own, as the same user: they have
---its instance and its random numbers, and end with it at the latest.
---@class katydid.core.spawn
local spawn = {}
---Runs run(handle) from the next turn on.
---@param run fun(handle: any) throws nothing but signals
---@param handle any
---@return katydid.core.spawned
function spawn.start(run, handle) end
---Starts the wait for its end. Throws, without a position, where it would never come: it is the one that runs, or
---waits for that.
---@param spawned katydid.core.spawned of the running user
---@return boolean waits false: it is over
function spawn.join(spawned) end
---It gets STOP at its wait, the running one at once.
---@param spawned katydid.core.spawned
function spawn.kill(spawned) end
---For the running spawned function, which has failed: whether somebody waits for its end; if not, starts a wait that
---ends when its user waits between tasks or ends.
---@return "joined"|"alone"|"waits" how alone: nobody does, and the user waits between tasks or ends already
function spawn.linger() end
---For a user that ends: starts the wait for the end of all that it spawned.
---@param kill boolean they get STOP; false: they are let finish
---@return boolean waits false: none is left
function spawn.rest(kill) end
---Where a spawned function runs: its user, with all that it spawned, is killed.
function spawn.stop_user() end

---@class katydid.core.time
local time = {}
---@return number seconds monotonic, of the run's clock
function time.now() end
---@return number seconds since 1970
function time.wall() end
---A sleep of the running user, its wait included. Negative and NaN count as 0. Throws where it may not wait.
---@param seconds number
---@param between_tasks boolean? the user counts as waiting: a stop ends it at once, whatever the stop timeout
---@param what string? who it is for, as messages name it; "a sleep"
---@param level integer? of the function to blame, from the caller of this one on; 1
---@return any signal nil, or STOP: the user is to end
---@return boolean? is_over likewise; nil where it wasn't between two tasks
function time.sleep(seconds, between_tasks, what, level) end

---Random numbers of the running user's own stream; outside of users, of the script's.
---@class katydid.core.rand
local rand = {}
---As math.random of Lua 5.1: [0,1), 1..m or m..n.
---@param m integer?
---@param n integer?
---@return number
function rand.random(m, n) end
---Begins the running stream anew (math.randomseed).
---@param seed number
function rand.seed(seed) end

---@class katydid.core.session: userdata one user's cookies, default headers and connections
---@class katydid.core.request: userdata a request under way

---@class katydid.core.body: userdata what is sent a slice at a time

---@class katydid.core.spec
---@field method string as sent, upper case
---@field url string absolute
---@field headers table<integer, string>? name, value, name, value, … of this request
---@field cookies table<integer, string>? name, value, …
---@field body string?
---@field source katydid.core.body? instead of `body`; sent once
---@field content_type string? of the body, where headers don't say
---@field user string? Basic credentials, with password
---@field password string?
---@field connect number? seconds; nil: 60; 0: none
---@field read number? seconds without a byte; nil: 60; 0: none
---@field total number? seconds; nil and 0: none
---@field allow_redirects boolean? nil: true
---@field max_redirects integer? nil: 30
---@field verify boolean|string? nil: true; a string: a file of certificates
---@field cert string? @a file with certificate and key
---@field key string? @where the key has a file of its own
---@field proxy string? URL
---@field http_version string? "1.0", "1.1", "2" (over TLS, by ALPN), "2-prior-knowledge"
---@field compress boolean? nil: gzip, deflate; true: and br, zstd; false: no Accept-Encoding

---@class katydid.core.http
local http = {}
---@param kind "curl"|"h1"|nil the transport: HttpUser's (which nil is too) or FastHttpUser's
---@param user katydid.User? whose it is: number 3 in its environment (debug.getfenv); 1, 2 and 4 are C's
---@return katydid.core.session
function http.session(kind, user) end
---@param value any
---@return boolean
function http.is_session(value) end
---What sessions can do, since they are clients.
---@param metamethods table<string, function>
function http.set_client_methods(metamethods) end
---Closes its connections, unless a request uses them; the next request makes a new one.
---@param session katydid.core.session
function http.disconnect(session) end
---Starts a request of the running user; the wait that must follow ends when it is done. Throws what can't be sent
---(a URL, a header, a cookie, a setting that the transport can't serve), without a position. Where the user is ended
---meanwhile and something was sent, the request is counted as in flight at the end. To be kept by the caller until
---it is collected: what nobody holds, the collector takes.
---@param session katydid.core.session
---@param spec katydid.core.spec
---@return katydid.core.request
function http.start(session, spec) end
---A body to be sent: bytes, and files as they are named by { path }, one behind the other. Files are read while
---they are sent. Throws which can't be read, without a position.
---@param parts table<integer, string|{ [1]: string }>
---@return katydid.core.body
function http.body(parts) end
---Throws what http.start would throw, and sends nothing.
---@param session katydid.core.session
---@param spec katydid.core.spec
function http.check(session, spec) end
---As http.start, of a request whose body isn't kept but asked for by next_piece; no wait follows yet.
---@param session katydid.core.session
---@param spec katydid.core.spec
---@return katydid.core.request
function http.start_stream(session, spec) end
---What came of the decoded body since the last call. nil: all has come, and http.collect follows. false: nothing
---yet; the wait that must follow ends when something comes, or all has.
---@param request katydid.core.request of start_stream
---@return string|false|nil
function http.next_piece(request) end
---After a piece: the rest isn't wanted. Its connection is closed, and what came is the response. Where the user
---ends with it and the answer isn't whole, the request is cancelled instead, and counted as in flight.
---@param request katydid.core.request of start_stream
---@param is_ended boolean? the user ends
---@return boolean is_answered http.collect follows
function http.stop_stream(request, is_ended) end
---After the wait.
---@param request katydid.core.request
---@param method string? in the statistics; nil: as sent
---@param name string? in the statistics; nil: path and query as sent
---@return katydid.Response
function http.collect(request, method, name) end
---The base URL of the session's fetches.
---@param session katydid.core.session
---@param url string? nil: none
---@param own_host string? the same, where it comes from its user's own `host`: it holds as long as he has that
---@return boolean fits false: it can't be one, and fetch takes nothing
function http.set_base(session, url, own_host) end
---A class was changed: fetch takes nothing of a session whose base comes from one until it is set again.
function http.doubt_bases() end
---The name in the statistics of this session's fetches that are given none.
---@param session katydid.core.session
---@param name string? nil: path and query
function http.rename(session, name) end
---All of it for the requests that most are: starts one of the running user, waits, and counts it. It yields by
---itself. Nothing is returned, and nothing done, where it is for http.start: an option that isn't among the usual
---ones, a path that must be encoded, a URL with credentials, or anything wrong.
---@param session katydid.core.session
---@param path string below the session's base URL
---@param method string? as sent, upper case; GET where nothing is given behind the path
---@param recorded string? as the statistics show it, where that isn't as it is sent
---@param name string? in the statistics; the options' own wins
---@param options table? as the script gave them
---@param judged any not false: it is left to settle to count it, and decide may be called
---@return userdata|nil signal STOP, to be thrown
---@return katydid.Response|false|nil response false: it was answered with more than Lua can hold
function http.fetch(session, path, method, recorded, name, options, judged) end
---A handler is about to judge it: decide may be called.
---@param response katydid.Response
function http.open_verdict(response) end
---@param response katydid.Response
---@param failure string? nil: success
---@return boolean false: nobody judges it any more
function http.decide(response, failure) end
---@param response katydid.Response
---@return "none"|"open"|"success"|"failure", string? why
function http.verdict(response) end
---Counts it: as was decided, else by its status. Ends the judging.
---@param response katydid.Response
---@param failure string? whatever was decided
---@return string? shown why it failed, as listeners see it
function http.settle(response, failure) end
---@param response katydid.Response
---@return string name, string? failure by its status
function http.outcome(response) end
---The fields and methods that every response has besides those of C, and the closed set's nearest-name errors.
---@param methods table<string, function> found by response[name]
---@param getters table<string, fun(response: katydid.Response): any> called for response[name]
function http.set_response_methods(methods, getters) end
---Default headers of a session: the value, nil to remove; get by name; all as a new table.
---@param session katydid.core.session
---@param name string
---@param value string?
function http.set_header(session, name, value) end
---@param session katydid.core.session
---@param name string
---@return string?
function http.get_header(session, name) end
---@param session katydid.core.session
---@return table<string, string>
function http.all_headers(session) end
---@param session katydid.core.session
---@param name string
---@param value string? nil removes it
---@param domain string?
---@param path string?
function http.set_cookie(session, name, value, domain, path) end
---@param session katydid.core.session
---@param name string
---@return string?
function http.get_cookie(session, name) end
---@param session katydid.core.session
---@return table<string, string>
function http.all_cookies(session) end
---@param session katydid.core.session
function http.clear_cookies(session) end

---JSON, read as jansson reads it. Objects' keys are written in the order of their names.
---@class katydid.core.json
---@field null userdata
local json = {}
---Throws what can't be written and where in the value, without a position: callers add theirs. Separators are
---Python's (", " and ": "); indent is the number of blanks a level.
---@param value any tables with 1..n only, or marked by array, are arrays; empty ones are objects
---@param indent integer?
---@return string
function json.encode(value, indent) end
---Throws "not JSON at line L, column C: what (in '<the first 60 characters>')", without a position: callers add
---theirs. Objects' nulls are json.null; arrays are marked, as by json.array.
---@param text string
---@return any
function json.decode(text) end
---Marks a table (a new one where nil) as an array, empty or not.
---@param t table?
---@return table
function json.array(t) end

---@class katydid.core.url
local url = {}
---@param text string
---@param plus_for_space boolean?
---@return string
function url.encode(text, plus_for_space) end
---@param text string
---@return string
function url.decode(text) end
---A URL, or what was meant to be one, as it may be shown: its password as "***", and a user without one too.
---@param text string
---@return string
function url.mask(text) end
---Throws when it isn't an absolute http, https or http+unix URL; without a position: callers add theirs.
---@param text string
---@return { scheme: string, user: string?, password: string?, host: string, port: integer, path: string, query: string?, fragment: string? }
function url.parse(text) end

---@class katydid.core.text
local text = {}
---The known name that was probably meant, or nil.
---@param name string
---@param known string[]
---@return string?
function text.nearest(name, known) end
---"'it\\'s'": as Python's repr() shows a str.
---@param s string
---@return string
function text.python_repr(s) end

---@class katydid.core.file
local file = {}
---@param path string
---@return "file"|"folder"|nil
function file.kind(path) end
---The names in a folder, sorted; nil and why where it can't be read.
---@param path string
---@return string[]?, string?
function file.list(path) end
---@param path string
---@return string absolute, without dot segments
function file.absolute(path) end

---@class katydid.core.log
local log = {}
---@param level "debug"|"info"|"warning"|"error"|"critical"
---@param logger string "katydid.user.task"
---@param message string
function log.write(level, logger, message) end
---What print() does: a line above the progress line.
---@param line string
function log.print(line) end
---The global print.
---@param ... any
function log.print_all(...) end

---The run: what users tell it and what scripts ask of it.
---@class katydid.core.run
---@field script_folder string? @the folder of the script that is loaded first
local run = {}
---One request, into the statistics.
---@param method string
---@param name string
---@param milliseconds number? nil: it has no time
---@param length integer bytes
---@param failure string?
function run.request(method, name, milliseconds, length, failure) end
---An error of a task: into the exceptions, and the log.
---@param message string
---@param traceback string
function run.user_error(message, traceback) end
---Whether --iterations is given: if not, the two below need not be called.
---@return boolean
function run.counts_iterations() end
---Whether one is left of --iterations (and takes it).
---@return boolean
function run.take_iteration() end
function run.iteration_done() end
---Ends the test in good order. Called by a running user, it doesn't return: it throws STOP.
---@param reason string?
function run.stop_test(reason) end
---One more thing that the run is to hold.
---@param text string
---@return string? why it is none; nil: it was added
function run.add_threshold(text) end
---Whether the metric that a threshold is of is there by now.
---@param text string
---@return string? why not; nil: it is
function run.check_threshold(text) end
---os.exit: sets the exit code, ends the test in good order, and throws STOP, whoever calls it.
---@param code integer|boolean|nil
function run.exit(code) end
---environment.process_exit_code; nil: none was set.
---@return integer?
function run.get_exit_code() end
---@param code integer?
function run.set_exit_code(code) end
---@return "ready"|"spawning"|"running"|"cleanup"|"stopped"
function run.state() end
---@return integer users that run
function run.user_count() end
---@return number seconds since the test began
function run.run_time() end
---Wants so many users: in this test, or in one that follows it. Throws, without a position, where that can't be.
---@param users integer
---@param spawn_rate number
---@param user_classes string[]? names of those that are added from then on; not empty
function run.start(users, spawn_rate, user_classes) end
---What a class weighs, and how many there are to be of it, from the next test on.
---@param user_class string
---@param weight number from 0
---@param fixed_count integer
function run.set_class(user_class, weight, fixed_count) end
---As stop_test, and no other test follows.
---@param reason string?
function run.quit(reason) end
---More users at once, beside the ramp. Throws, without a position, where no test goes on.
---@param class string
---@param n integer
function run.spawn_users(class, n) end
---@return table<string, integer> users by class
---@return table<string, integer> wanted what the dispatcher's books have
function run.class_counts() end
---@return integer users that the present ramp leads to
function run.target_user_count() end
---What this process used in the last ten seconds; 0: it isn't known yet.
---@return number cpu percent of a core
---@return integer memory bytes
function run.usage() end
---A listener of an event threw: the run doesn't end as if nothing had happened.
function run.listener_failed() end

---The statistics. Method and name are those of an entry, or both nil for the total; what isn't there reads as an
---entry without requests.
---@class katydid.core.stats
---@field fields string[] what read knows
local stats = {}
---@param method string?
---@param name string?
---@param field string
---@return number? value nil: there is none
function stats.read(method, name, field) end
---@param method string?
---@param name string?
---@param share number 0 to 1
---@return number ms
function stats.percentile(method, name, share) end
---Of the last ten seconds; nil: there were none, or they aren't kept.
---@param method string?
---@param name string?
---@param share number 0 to 1
---@return number? ms
function stats.current_percentile(method, name, share) end
---@return { method: string, name: string }[] by name, then method
function stats.names() end
---@return katydid.StatsError[]
function stats.errors() end
---@return katydid.StatsException[]
function stats.exceptions() end
---A failure without a request.
---@param method string
---@param name string
---@param text string
function stats.log_error(method, name, text) end
---No entry is left.
function stats.clear() end
---The entries stay, with zeros.
function stats.reset() end

---@class katydid.core.metric.handle: userdata a counter, gauge, trend or rate

---Checks, and what scripts measure by themselves.
---@class katydid.core.metric
local metric = {}
---@param kind string "counter", "gauge", "trend", "rate"
---@param name string
---@param metatable table of the handle
---@return katydid.core.metric.handle? handle nil: the name is one of another kind
---@return string? kind the other kind
function metric.new(kind, name, metatable) end
---@param handle any
---@param value any
---@return boolean added false: the first is no handle, or the second isn't what its kind takes
function metric.add(handle, value) end
---@param value any
---@return string? kind nil: it is no handle
---@return string? name
function metric.describe(value) end
---@param name string
---@param condition any nil and false: it failed
function metric.check(name, condition) end
---A transaction was cut off by the end of its user.
function metric.cut_off() end

return {}
