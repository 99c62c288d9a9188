"""For Locust: one GET after the other, by either of its user classes."""
# SPDX-License-Identifier: MIT
from locust import FastHttpUser, HttpUser, task


class BenchFastHttpUser(FastHttpUser):
    @task
    def get(self):
        self.client.get("/")


class BenchHttpUser(HttpUser):
    @task
    def get(self):
        self.client.get("/")
