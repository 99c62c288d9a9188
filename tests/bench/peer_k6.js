// For k6: one GET after the other, connections kept.
import http from "k6/http";

export default function () {
  http.get(__ENV.TARGET);
}
