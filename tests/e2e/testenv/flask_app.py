"""flask_app -- the services that scenarios call, as a Flask application: what `katydid target`
answers, from a real framework."""
# SPDX-License-Identifier: MIT

import hashlib
import time

import flask

app = flask.Flask(__name__)

FIELDS = ("age", "income", "tenure_months", "monthly_charges", "contract")
TITLES = ("The General", "Metropolis", "Safety Last", "The Gold Rush", "Nosferatu")
FILMS = 500


def error(status, text):
    return {"error": text}, status


@app.post("/spam_detection_path")
def spam():
    scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return error(401, "a bearer token is expected")
    body = flask.request.get_json(silent=True) or {}
    if not isinstance(body.get("message"), str):
        return error(400, "field 'message' is missing or no text")
    return {"spam": "free" in body["message"].lower(), "score": 0.25}


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict")
def predict():
    body = flask.request.get_json(silent=True) or {}
    for field in FIELDS:
        if field not in body:
            return error(400, f"field '{field}' is missing")
    return {"prediction": "stay", "probability": 0.25}


@app.get("/api/status")
def films():
    return {"status": "ok", "films": FILMS}


def film(number):
    return {"id": number, "title": TITLES[(number - 1) % len(TITLES)], "year": 1925}


@app.get("/api/films/<int:number>")
def film_by_id(number):
    return film(number) if 1 <= number <= FILMS else error(404, f"no film {number}")


@app.get("/api/films/title/<title>")
def film_by_title(title):
    return film(TITLES.index(title) + 1) if title in TITLES else error(404, f"no film '{title}'")


def part_of(name, file):
    content = file.read()
    return {"name": name, "filename": file.filename, "type": file.content_type, "length": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), "headers": dict(file.headers)}


@app.post("/form")
def form():
    """What came in a form: its fields, and what its files are."""
    fields = [[name, value] for name, value in flask.request.form.items(multi=True)]
    return {"fields": fields, "length": flask.request.content_length,
            "files": [part_of(name, file) for name, file in flask.request.files.items(multi=True)]}


@app.post("/form/moved")
def moved_form():
    return flask.redirect("/form", 307)


@app.get("/delay50")
def delay50():
    time.sleep(0.05)
    return {"delay_ms": 50}


@app.get("/")
def front_page():
    return "a small page\n"
