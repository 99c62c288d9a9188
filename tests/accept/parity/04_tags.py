from locust import FastHttpUser, TaskSet, tag, task


class Visitor(FastHttpUser):
    @tag("wanted")
    @task(3)
    def wanted(self):
        self.client.get("/json", name="wanted")

    @tag("wanted", "slow")
    @task(3)
    def both(self):
        self.client.get("/json", name="both")

    @task(3)
    def untagged(self):
        self.client.get("/json", name="untagged")

    @tag("also")
    @task(2)
    class Inner(TaskSet):
        def on_start(self):
            self.client.get("/json", name="inner")

        @task(2)
        def stay(self):
            self.client.get("/json", name="stay")

        @tag("slow")
        @task(9)
        def slow(self):
            self.client.get("/json", name="slow")

        @task
        def leave(self):
            self.client.get("/json", name="leave")
            self.interrupt()

    @task(5)
    class Empty(TaskSet):
        @tag("slow")
        @task
        def never(self):
            self.client.get("/json", name="never")
