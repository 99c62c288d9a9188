---@meta katydid.response

-- What a scenario sees of an answer. C implements the fields (src/script/l_response.c), lua/katydid/response.lua
-- the methods; the set is closed: another name is an error with the nearest one.

---An answer to one request, or why there was none.
---@class katydid.Response
---@field status_code integer 0: no response
---@field ok boolean an answer came, with a status below 400
---@field reason string the server's words beside the status; "" where it sent none
---@field headers table<string, string> found in any case; a name that came twice is joined by ", "
---@field text string the body, decoded; "" where it was streamed
---@field url string of the last request of the chain
---@field history katydid.Hop[] the redirects on the way
---@field cookies table<string, string> what this answer set
---@field error string? why no response came
---@field response_time number milliseconds, from just before sending to the last byte, redirects included
---@field timings katydid.Timings
---@field request katydid.SentRequest
---@field length integer bytes of the decoded body
---@field start_time number when it was sent: seconds since 1970
---@field js any what `client:rest` decoded; nil where the body was empty or isn't JSON
local Response = {}

---A redirect that was followed.
---@class katydid.Hop
---@field status_code integer
---@field method string
---@field url string
---@field headers table<string, string>

---Milliseconds, summed over redirects; 0 where a step wasn't needed.
---@class katydid.Timings
---@field dns number
---@field connect number
---@field tls number
---@field wait number from the first byte sent to the first one received
---@field receive number

---What was sent first, before any redirect.
---@class katydid.SentRequest
---@field method string
---@field url string password masked
---@field target string path and query as sent
---@field headers table<string, string>
---@field body string? nil where there was none, or it was read while it was sent (`files`)

---The body as Lua values; throws when it isn't JSON, with its first 60 characters.
---@return any
function Response:json() end

---Throws when no response came, or when its status is 400 or more.
function Response:raise_for_status() end

---In a handler: counts the request as a success, whatever its status.
function Response:success() end

---In a handler: counts the request as failed, whatever its status.
---@param message string shown in the failure statistics
function Response:failure(message) end

return Response
