from locust import FastHttpUser, constant, task


class Reader(FastHttpUser):
    weight = 3
    wait_time = constant(0.5)

    @task
    def read(self):
        self.client.get("/json", name="read")


class Writer(FastHttpUser):
    wait_time = constant(0.5)

    @task
    def write(self):
        self.client.post("/echo", name="write")


class Watcher(FastHttpUser):
    weight = 2
    wait_time = constant(0.5)

    @task
    def watch(self):
        self.client.get("/json", name="watch")
