"""The built template as SAM can run it on one machine.

    template.py BUILT LOCAL NAME=VALUE...

Functions get variables that say where DynamoDB and Secrets Manager are: SAM hands on none that a template does not declare
(`--env-vars` changes the value of one that is there). And where an authorizer is an alias, it is the function: SAM knows no aliases, and
would leave the authorizer out.
"""

import sys

from samcli.yamlhelper import yaml_dump, yaml_parse

built, local, *variables = sys.argv[1:]
with open(built, encoding="utf-8") as file:
    template = yaml_parse(file.read())
template["Globals"]["Function"]["Environment"]["Variables"].update(variable.split("=", 1) for variable in variables)
for resource in template["Resources"].values():
    for authorizer in resource.get("Properties", {}).get("Auth", {}).get("Authorizers", {}).values():
        alias = authorizer.get("FunctionArn", {}).get("Ref")
        if alias:
            authorizer["FunctionArn"] = {"Fn::GetAtt": [alias.removesuffix(".Alias"), "Arn"]}
with open(local, "w", encoding="utf-8") as file:
    file.write(yaml_dump(template))
