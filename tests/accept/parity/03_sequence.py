from locust import FastHttpUser, SequentialTaskSet, constant, task


class Checkout(SequentialTaskSet):
    @task
    def cart(self):
        self.client.get("/json", name="cart")

    @task(2)
    def pay(self):
        self.client.get("/json", name="pay")

    @task
    class Confirm(SequentialTaskSet):
        @task
        def mail(self):
            self.client.get("/json", name="mail")

        @task
        def back(self):
            self.client.get("/json", name="back")
            self.interrupt()

    @task
    def thanks(self):
        self.client.get("/json", name="thanks")


class Buyer(FastHttpUser):
    wait_time = constant(0.2)
    tasks = [Checkout]
