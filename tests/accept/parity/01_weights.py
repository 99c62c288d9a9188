from locust import FastHttpUser, task


class Visitor(FastHttpUser):
    @task
    def one(self):
        self.client.get("/json", name="one")

    @task(2)
    def two(self):
        self.client.get("/json", name="two")

    @task(5)
    def five(self):
        self.client.get("/json", name="five")

    @task(10)
    def ten(self):
        self.client.get("/json", name="ten")
