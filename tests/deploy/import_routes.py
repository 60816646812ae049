"""Creates the routes of the HTTP API in the emulator.

The emulator does not import the `Body` of an HTTP API, which is where SAM puts the routes. They are taken
from the processed template, so what is tested is what SAM made of template.yaml.
"""

import re
import sys

import boto3


def import_routes(stack):
    """Gives the stack's HTTP API its integrations and routes; answers the id of the API and its routes."""
    cloudformation, gateway = boto3.client("cloudformation"), boto3.client("apigatewayv2")
    resources = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    }
    template = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    (api,) = [
        (name, resource)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::ApiGatewayV2::Api"
    ]
    api_id = resources[api[0]]
    integrations, routes = {}, []
    for path, verbs in api[1]["Properties"]["Body"]["paths"].items():
        for verb, operation in verbs.items():
            integration = operation["x-amazon-apigateway-integration"]
            alias = re.search(r"/functions/\$\{(\w+)\}/", integration["uri"]["Fn::Sub"]).group(1)
            if alias not in integrations:
                integrations[alias] = gateway.create_integration(
                    ApiId=api_id,
                    IntegrationType="AWS_PROXY",
                    IntegrationUri=resources[alias],
                    PayloadFormatVersion=integration["payloadFormatVersion"],
                )["IntegrationId"]
            method = "ANY" if verb == "x-amazon-apigateway-any-method" else verb.upper()
            routes.append(f"{method} {path}")
            gateway.create_route(
                ApiId=api_id, RouteKey=routes[-1], Target=f"integrations/{integrations[alias]}"
            )
    return api_id, routes


if __name__ == "__main__":
    api_id, routes = import_routes(sys.argv[1])
    print(f"{len(routes)} routes of the API {api_id}", file=sys.stderr)
    print(api_id)
