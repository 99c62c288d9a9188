from locust import HttpUser, constant, events, task


def count(environment, name):
    environment.events.request.fire(
        request_type="EVENT", name=name, response_time=1, response_length=0, response=None, context={}, exception=None
    )




@events.spawning_complete.add_listener
def on_spawning_complete(user_count, **_kwargs):
    print("said: spawning_complete %d" % user_count)


@events.request.add_listener
def on_request(request_type, name, response, context, exception, **_kwargs):
    if request_type == "EVENT":
        return
    count(context["environment"], "%s %s %s" % (name, response.status_code, "failed" if exception else "passed"))


@events.user_error.add_listener
def on_user_error(user_instance, exception, **_kwargs):
    count(user_instance.user.environment, "user_error %s" % exception)


@events.test_stopping.add_listener
def on_test_stopping(environment, **_kwargs):
    count(environment, "test_stopping")


@events.test_stop.add_listener
def on_test_stop(environment, **_kwargs):
    count(environment, "test_stop")


@events.quitting.add_listener
def on_quitting(**_kwargs):
    print("said: quitting")


class Busy(HttpUser):
    wait_time = constant(0.5)

    def context(self):
        return {"environment": self.environment}

    def on_start(self):
        count(self.environment, "on_start")

    def on_stop(self):
        count(self.environment, "on_stop")

    @task
    def work(self):
        self.client.get("/json", name="work")
        self.client.get("/status/500", name="fail")
        raise RuntimeError("thrown")
