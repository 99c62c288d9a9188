from locust import HttpUser, constant, task


class Judge(HttpUser):
    wait_time = constant(0.5)

    @task
    def judge(self):
        self.client.get("/status/404", name="plain")
        with self.client.get("/status/404", name="forgiven", catch_response=True) as response:
            if response.status_code == 404:
                response.success()
        with self.client.get("/json", name="condemned", catch_response=True) as response:
            response.failure("not what was asked for")
        with self.client.get("/status/503", name="left alone", catch_response=True):
            pass
        with self.client.get("/json", name="reconsidered", catch_response=True) as response:
            response.failure("no")
            response.success()
        with self.client.get("/drop", name="dropped", catch_response=True) as response:
            if response.status_code == 0:
                response.failure("no answer")
