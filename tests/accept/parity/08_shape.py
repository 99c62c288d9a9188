from locust import FastHttpUser, LoadTestShape, constant, task


class Visitor(FastHttpUser):
    wait_time = constant(1)

    @task
    def visit(self):
        self.client.get("/json", name="visit")


class Guest(FastHttpUser):
    wait_time = constant(1)

    @task
    def call(self):
        self.client.get("/json", name="call")


class Steps(LoadTestShape):
    def tick(self):
        run_time = self.get_run_time()
        if run_time < 3:
            return 4, 10
        if run_time < 6:
            return 10, 10, [Guest]
        if run_time < 8:
            return 2, 10
        return None
