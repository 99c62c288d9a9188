from locust import FastHttpUser, constant_pacing, constant_throughput, task


class Paced(FastHttpUser):
    fixed_count = 2
    wait_time = constant_pacing(0.5)

    @task
    def paced(self):
        self.client.get("/delay/100", name="paced")


class Throughput(FastHttpUser):
    fixed_count = 2
    wait_time = constant_throughput(4)

    @task
    def throughput(self):
        self.client.get("/delay/20", name="throughput")


class Late(FastHttpUser):
    fixed_count = 2
    wait_time = constant_pacing(0.1)

    @task
    def late(self):
        self.client.get("/delay/400", name="late")
