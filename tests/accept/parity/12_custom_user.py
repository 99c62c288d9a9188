import time

from locust import User, constant, task


class Machine:
    """A protocol of our own: every third answer fails."""

    def __init__(self, environment):
        self.environment = environment
        self.calls = 0

    def call(self, name):
        self.calls += 1
        began = time.perf_counter()
        exception = ValueError("out of order") if self.calls % 3 == 0 else None
        self.environment.events.request.fire(
            request_type="CALL",
            name=name,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=self.calls,
            response=None,
            context={},
            exception=exception,
        )
        if exception:
            raise exception


class MachineUser(User):
    abstract = True

    def __init__(self, environment):
        super().__init__(environment)
        self.client = Machine(environment)


class Operator(MachineUser):
    wait_time = constant(0.4)

    def on_start(self):
        self.client.call("switch on")

    @task
    def turn(self):
        self.client.call("turn")
