from locust import FastHttpUser, SequentialTaskSet, TaskSet, constant, task


class AtOnce(TaskSet):
    def on_stop(self):
        self.client.get("/json", name="left at once")

    @task
    def leave(self):
        self.client.get("/json", name="at once")
        self.interrupt()


class AfterWait(TaskSet):
    wait_time = constant(0.1)

    @task
    def leave(self):
        self.client.get("/json", name="after wait")
        self.interrupt(reschedule=False)


class Starting(TaskSet):
    def on_start(self):
        self.client.get("/json", name="on start")
        self.interrupt()

    @task
    def never(self):
        self.client.get("/json", name="never")


class Failing(SequentialTaskSet):
    @task
    class Inner(TaskSet):
        @task
        def fail(self):
            self.client.get("/json", name="fail")
            self.user.failed = not getattr(self.user, "failed", False)
            if self.user.failed:
                raise ValueError("failed inside")
            self.interrupt()

    @task
    def leave(self):
        self.client.get("/json", name="leave failing")
        self.interrupt()


class Round(SequentialTaskSet):
    tasks = [AtOnce, AfterWait, Starting, Failing]


class Visitor(FastHttpUser):
    wait_time = constant(0.3)
    tasks = [Round]
