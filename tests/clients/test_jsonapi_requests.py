"""jsonapi-requests, used as its documentation shows."""

import json
import unittest

from jsonapi_requests import orm
from jsonapi_requests.request_factory import ApiClientError

from server import Server


class JsonapiRequests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = Server()
        cls.addClassCleanup(server.stop)
        cls.api = orm.OrmApi.config({"API_ROOT": server.url, "TIMEOUT": 30})
        cls.Person, cls.Tag, cls.Article = models(cls.api)

    def test_a_resource_is_created_updated_and_deleted(self):
        tag = self.Tag()
        tag.name = "knots"
        tag.save()
        self.assertEqual(tag.colour, "#7a8288")

        tag = self.Tag.get_list(params={"filter[name]": "knots", "fields[tags]": "name,colour"})[0]
        tag.colour = "#112233"
        tag.save()
        read = self.Tag.from_id(tag.id)
        self.assertEqual((read.name, read.colour), ("knots", "#112233"))

        tag.delete()
        self.assertFalse(self.Tag.exists(tag.id))

    def test_a_resource_is_created_with_relationships_and_read_with_what_it_is_related_to(self):
        article = self.Article()
        article.title, article.slug, article.body = "Bowlines", "bowlines", "The rabbit comes out of the hole."
        article.author = self.Person.from_id("2")
        article.tags = [self.Tag.from_id("1"), self.Tag.from_id("6")]
        article.save()

        query = {"filter[slug]": "bowlines", "include": "author,tags", "fields[articles]": "title,author,tags"}
        (read,) = self.Article.get_list(params=query)
        self.assertEqual(read.author.handle, "tobias")
        self.assertEqual([tag.name for tag in read.tags], ["tides", "repair"])

        read.author = self.Person.from_id("3")
        read.tags = [self.Tag.from_id("2")]
        read.save()
        (read,) = self.Article.get_list(params=query)
        self.assertEqual(read.author.handle, "ines")
        self.assertEqual([tag.name for tag in read.tags], ["bread"])

    def test_relationships_are_replaced_extended_and_reduced(self):
        relationship = self.api.endpoint("articles/1/relationships/tags")

        def identifiers(*ids):
            return {"data": [{"type": "tags", "id": id} for id in ids]}

        def tags():
            return [identifier.id for identifier in relationship.get().data]

        relationship.patch(json=identifiers("1", "2"))
        self.assertEqual(tags(), ["1", "2"])
        relationship.post(json=identifiers("2", "3"))
        self.assertEqual(tags(), ["1", "2", "3"])
        relationship.delete(json=identifiers("1", "9"))
        self.assertEqual(tags(), ["2", "3"])

    def test_errors_say_what_is_wrong(self):
        tag = self.Tag()
        tag.name = None
        tag.colour = 7
        with self.assertRaises(ApiClientError) as caught:
            tag.save()
        self.assertEqual(caught.exception.status_code, 422)
        errors = json.loads(caught.exception.content)["errors"]
        self.assertEqual(
            [(error["code"], error["source"]["pointer"]) for error in errors],
            [("required", "/data/attributes/name"), ("invalid-value", "/data/attributes/colour")],
        )


def models(api_of_all):
    """The classes of the blog."""

    class Person(orm.ApiModel):
        class Meta:
            type = "people"
            api = api_of_all

        handle = orm.AttributeField("handle")

    class Tag(orm.ApiModel):
        class Meta:
            type = "tags"
            api = api_of_all

        name = orm.AttributeField("name")
        colour = orm.AttributeField("colour")

    class Article(orm.ApiModel):
        class Meta:
            type = "articles"
            api = api_of_all

        title = orm.AttributeField("title")
        slug = orm.AttributeField("slug")
        body = orm.AttributeField("body")
        author = orm.RelationField("author")
        tags = orm.RelationField("tags")

    return Person, Tag, Article


if __name__ == "__main__":
    unittest.main()
