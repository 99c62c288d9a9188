from locust import FastHttpUser, TaskSet, task


class Forum(TaskSet):
    def on_start(self):
        self.client.get("/json", name="forum")

    @task(3)
    def read(self):
        self.client.get("/json", name="read")

    @task(2)
    class Thread(TaskSet):
        def on_start(self):
            self.client.get("/json", name="thread")

        @task(4)
        def post(self):
            self.client.get("/json", name="post")

        @task
        def leave(self):
            self.client.get("/json", name="leave thread")
            self.interrupt()

    @task
    def leave(self):
        self.client.get("/json", name="leave forum")
        self.interrupt()


class Visitor(FastHttpUser):
    tasks = {Forum: 1}

    @task(2)
    def browse(self):
        self.client.get("/json", name="browse")
