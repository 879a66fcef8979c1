#!/usr/bin/env python3
"""Turns the compact API models into C++: plain structs and constant descriptor tables (see model/schema.hpp).

    generate.py --api model/api --operations model/operations.txt --planned model/planned.txt
                --always-present model/always_present.txt --state model/state --out DIR

writes DIR/<service>.{hpp,cpp} and DIR/<service>_service.cpp for every service that operations.txt or planned.txt names, and for the shapes of each
file of model/state its own DIR/state_<name>.{hpp,cpp} (core.json: DIR/state.{hpp,cpp}). They may refer to an API's
shapes as "ec2:Image", and to core.json's as "state:Image". Only shapes that these operations (or the state) contain
are generated. Files that would not change are left alone, so that nothing is rebuilt without need.
"""
import argparse
import json
import pathlib
import re

SCALARS = {"string": ("String", "std::string"), "character": ("String", "std::string"), "boolean": ("Boolean", "bool"),
           "integer": ("Integer", "std::int32_t"), "long": ("Long", "std::int64_t"), "double": ("Double", "double"),
           "float": ("Double", "double"), "timestamp": ("Time", "model::Timestamp"), "blob": ("Blob", "std::string")}
KEYWORDS = {"return": "return_value", "public": "is_public", "private": "is_private", "default": "is_default",
            "operator": "operator_value", "continue": "continue_value", "register": "register_value",
            "template": "template_value", "class": "class_value", "protected": "is_protected", "not": "not_value",
            "and": "and_value", "or": "or_value", "explicit": "is_explicit", "delete": "delete_value",
            "new": "new_value", "enum": "enum_value", "static": "is_static", "auto": "auto_value"}
# Enumerations whose values are not checked: InstanceType grows with every API release, and the catalogue knows better;
# AccountAttributeName lists only two of the six that EC2 knows.
OPEN_ENUMS = {"AccountAttributeName", "InstanceType"}
# Shapes whose bounds or values EC2 checks with an error of its own instead of InvalidParameterValue: the handlers do it.
UNCHECKED = {"ec2.ImageNameRequest", "ec2.LaunchTemplateName", "ec2.PermissionGroup", "ec2.ResourceType"}


def snake(name):
    """BlockDeviceMappings -> block_device_mappings, KmsKeyId -> kms_key_id, VCpuInfo -> v_cpu_info, IPv6 -> ipv6."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def field_name(name):
    return KEYWORDS.get(snake(name), snake(name))


def enum_constant(value):
    name = re.sub(r"[^A-Za-z0-9]", "_", value)
    if not name or name[0].isdigit():
        name = "v" + name
    return KEYWORDS.get(name, name)


def upper_first(name):
    return name[:1].upper() + name[1:]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def table_order(row):
    """Scalars first, then structures, then lists: the order of elements in answers, which some clients' parsers lean on."""
    return {"structure": 1, "list": 2, "map": 2}.get(row[4], 0)


def inner_reference(shape):
    """The shape of a list's elements or of a map's values."""
    return shape["member" if shape["type"] == "list" else "value"]["shape"]


class Api:
    """One service's model, or the state's; resolves references into other models by prefix."""

    def __init__(self, name, facts, others, always_present=frozenset(), namespace=None):
        self.name, self.facts, self.others, self.always_present = name, facts, others, always_present
        self.namespace = namespace or name
        self.shapes = facts["shapes"]

    def resolve(self, reference):
        """(owner, shape name) of a reference such as "Image" or "ec2:Image"."""
        if ":" in reference:
            owner, shape = reference.split(":")
            return self.others[owner], shape
        return self, reference


class Writer:
    def __init__(self, api, wanted, listed=(), planned=()):
        self.api, self.listed, self.generated = api, set(listed), set(listed) | set(planned)
        self.order, self.recursive = self.sort(wanted)
        self.enums, self.elements, self.constraints = {}, {}, {}

    def sort(self, wanted):
        """The structures that `wanted` contain, every one after those it holds by value; and the self-containing members."""
        order, done, open_, recursive = [], set(), [], set()

        def visit(name):
            shape = self.api.shapes[name]
            if shape["type"] in ("list", "map"):
                return visit_reference(inner_reference(shape), open_[-1] if open_ else None, None)
            if shape["type"] != "structure" or name in done:
                return None
            open_.append(name)
            for member, facts in shape["members"].items():
                visit_reference(facts["shape"], name, member)
            open_.pop()
            done.add(name)
            order.append(name)
            return None

        def visit_reference(reference, holder, member):
            owner, name = self.api.resolve(reference)
            if owner is not self.api:
                return
            if name in open_:
                if holder is not None and owner.shapes[name]["type"] == "structure":
                    recursive.add((holder, member))
                return
            visit(name)

        for name in wanted:
            visit(name)
        return order, recursive

    # --- types -----------------------------------------------------------------------------------------------------

    def cpp_type(self, reference):
        owner, name = self.api.resolve(reference)
        shape = owner.shapes[name]
        if shape["type"] == "structure":
            return name if owner is self.api else f"{owner.namespace}::{name}"
        if shape["type"] == "list":
            return f"std::vector<{self.qualified(owner, inner_reference(shape))}>"
        if shape["type"] == "map":
            return f"model::Map<{self.qualified(owner, inner_reference(shape))}>"
        return SCALARS[shape["type"]][1]

    def qualified(self, owner, reference):
        return self.cpp_type(reference if owner is self.api or ":" in reference else f"{owner.name}:{reference}")

    def fields(self, name):
        shape = self.api.shapes[name]
        for member, facts in shape["members"].items():
            reference = facts["shape"]
            owner, target = self.api.resolve(reference)
            kind = owner.shapes[target]["type"]
            required = member in shape.get("required", [])
            base = self.cpp_type(reference)
            boxed = (name, member) in self.recursive
            if boxed:
                declared = f"std::vector<{base}>"
            elif kind in ("list", "map") or required:
                declared = base
            else:
                declared = f"std::optional<{base}>"
            yield member, facts, owner, target, kind, required, boxed, base, declared

    # --- header ----------------------------------------------------------------------------------------------------

    def header(self):
        out = [f"// Generated by model/generate.py from the {self.api.name} model. Do not edit.", "#pragma once", "",
               "#include <cstdint>", "#include <optional>", "#include <string>", "#include <vector>", ""]
        includes = sorted({owner.name for name in self.order for _, _, owner, *_ in self.fields(name)} - {self.api.name})
        out += [f'#include "model/{include}.hpp"' for include in includes] + ['#include "model/schema.hpp"', ""]
        out += [f"namespace amity::{self.api.namespace} {{", ""]
        if "operations" in self.api.facts:
            out += ["const model::Service& service();", ""]
        out += self.enum_declarations()
        results = [f"struct {facts['output']};" for _, facts in sorted(self.generated_operations().items()) if "output" in facts]
        out += results + ([""] if results else [])
        for name in self.order:
            out += [f"struct {name} {{"]
            out += [f"  {declared} {field_name(member)}{{}};"
                    for member, _, _, _, _, _, _, _, declared in self.fields(name)]
            out += [""] + self.operation_of(name) + ["  static const model::Shape shape;", "};", ""]
        out += [f"}}  // namespace amity::{self.api.namespace}", ""]
        return "\n".join(out)

    def generated_operations(self):
        return {name: facts for name, facts in self.api.facts.get("operations", {}).items() if name in self.generated}

    def operation_of(self, shape):
        """What a request structure says of its operation."""
        for name, facts in self.generated_operations().items():
            if facts.get("input") == shape:
                return [f"  using Result = {facts.get('output', 'void')};",
                        f"  static constexpr char kService[] = {quoted(self.api.name)};",
                        f"  static constexpr char kOperation[] = {quoted(name)};", ""]
        return []

    def used_enums(self):
        names = set()
        for name in self.order:
            for _, _, owner, target, *_ in self.fields(name):
                while owner.shapes[target]["type"] in ("list", "map"):
                    owner, target = owner.resolve(inner_reference(owner.shapes[target]))
                if owner is self.api and "enum" in owner.shapes[target] and target not in OPEN_ENUMS:
                    names.add(target)
        return sorted(names)

    def enum_declarations(self):
        out = []
        for name in self.used_enums():
            constants = {}
            for value in self.api.shapes[name]["enum"]:
                constants.setdefault(enum_constant(value), value)
            type_name = name if name not in self.order else name + "Enum"
            out += [f"struct {type_name} {{"]
            out += [f"  static constexpr char {constant}[] = {quoted(value)};" for constant, value in constants.items()]
            out += ["};", ""]
        return out

    # --- tables ----------------------------------------------------------------------------------------------------

    def constraint(self, owner, target, lines):
        shape = owner.shapes[target]
        if target in OPEN_ENUMS or f"{owner.name}.{target}" in UNCHECKED:
            return None
        values = shape.get("enum")
        if not values and not any(key in shape for key in ("min", "max", "pattern", "sensitive")):
            return None
        key = f"k{owner.name.capitalize()}{target}Constraints"
        if key not in self.constraints:
            self.constraints[key] = True
            fields = []
            if values:
                lines.append(f"constexpr std::string_view {key}Values[] = {{{', '.join(map(quoted, values))}}};")
                fields.append(f".values = {key}Values")
            for bound in ("min", "max"):
                if bound in shape and shape["type"] not in ("double", "float"):
                    fields.append(f".{bound} = {int(shape[bound])}")
            if "pattern" in shape:
                fields.append(f".pattern = {quoted(shape['pattern'])}")
            if shape.get("sensitive"):
                fields.append(".sensitive = true")
            lines.append(f"constexpr model::Constraints {key}{{{', '.join(fields)}}};")
        return f"&{key}"

    def shape_name(self, owner, target):
        return f"{owner.namespace}::{target}::shape"

    def element(self, owner, target, lines):
        """The descriptor of a list's elements or a map's values; owner/target name the list or map."""
        member = owner.shapes[target]["member" if owner.shapes[target]["type"] == "list" else "value"]
        inner_owner, inner = owner.resolve(member["shape"])
        key = f"k{owner.name.capitalize()}{target}Element"
        if key not in self.elements:
            self.elements[key] = True
            shape = inner_owner.shapes[inner]
            fields = []
            if shape["type"] == "structure":
                fields = [".kind = model::Kind::Structure", f".shape = &{self.shape_name(inner_owner, inner)}"]
            elif shape["type"] in ("list", "map"):
                nested = self.element(inner_owner, inner, lines)
                inner_type = self.qualified(inner_owner, inner_reference(shape))
                access = f".access = &model::list_access<{inner_type}>"
                if shape["type"] == "map":
                    access = f".map_access = &model::map_access<{inner_type}>"
                fields = [f".kind = model::Kind::{shape['type'].capitalize()}", access, f".element = {nested}"]
            else:
                fields = [f".kind = model::Kind::{SCALARS[shape['type']][0]}"]
                constraint = self.constraint(inner_owner, inner, lines)
                if constraint:
                    fields.append(f".constraints = {constraint}")
            default = "item" if owner.facts.get("protocol") == "ec2" else "member"
            fields.append(f".xml_name = {quoted(member.get('name', default))}")
            lines.append(f"constexpr model::Element {key}{{{', '.join(fields)}}};")
        return f"&{key}"

    def query_name(self, member, facts):
        if self.api.facts.get("protocol") == "ec2":
            return facts.get("query") or upper_first(facts.get("name", member))
        return facts.get("name", member)

    def location(self, name, member, facts):
        """Where a REST protocol puts the member, when not in the JSON body."""
        if self.api.shapes[name].get("payload") == member:
            return [".location = model::Location::Payload"]
        if "in" not in facts:
            return []
        where = {"uri": "Path", "querystring": "Query", "header": "Header"}[facts["in"]]
        return [f".location = model::Location::{where}", f".wire_name = {quoted(facts.get('name', member))}"]

    def member_row(self, name, row, lines):
        member, facts, owner, target, kind, required, boxed, base, _ = row
        kind_name = {"structure": "Structure", "list": "List", "map": "Map"}.get(kind) or SCALARS[kind][0]
        fields = [f".name = {quoted(member)}", f".query_name = {quoted(self.query_name(member, facts))}",
                  f".xml_name = {quoted(facts.get('name', member))}", f".offset = offsetof({name}, {field_name(member)})",
                  f".kind = model::Kind::{kind_name}"]
        if required:
            fields.append(".required = true")
        if kind in ("list", "map") or (required and not boxed):
            fields.append(".optional = false")
        if (self.api.name, name, member) in self.api.always_present:
            fields.append(".always_present = true")
        if facts.get("token"):
            fields.append(".idempotency_token = true")
        constraint = self.constraint(owner, target, lines) if kind not in ("structure", "map") else None
        if constraint:
            fields.append(f".constraints = {constraint}")
        if kind == "structure":
            fields.append(f".shape = &{self.shape_name(owner, target)}")
            if boxed:
                fields.append(f".struct_access = &model::boxed_access<{base}>")
            elif not required:
                fields.append(f".struct_access = &model::optional_access<{base}>")
        if kind in ("list", "map"):
            inner = self.qualified(owner, inner_reference(owner.shapes[target]))
            fields += [f".{kind}_access = &model::{kind}_access<{inner}>", f".element = {self.element(owner, target, lines)}"]
        fields += self.location(name, member, facts)
        return "    {" + ", ".join(fields) + "},"

    def source(self):
        body, tables = [], []
        for name in self.order:
            rows = [self.member_row(name, row, body) for row in sorted(self.fields(name), key=table_order)]
            if rows:
                tables += [f"constexpr model::Member k{name}Members[] = {{"] + rows + ["};"]
            tables.append(f"static_assert(std::is_standard_layout_v<{name}>);")
        out = [f"// Generated by model/generate.py from the {self.api.name} model. Do not edit.",
               f'#include "model/{self.api.name}.hpp"', "", "#include <cstddef>", "#include <type_traits>", "",
               f"namespace amity::{self.api.namespace} {{", "", "namespace {", ""]
        out += body + [""] + tables + ["", "}  // namespace", ""]
        for name in self.order:
            members = f"k{name}Members" if self.api.shapes[name]["members"] else "{}"
            out.append(f"constinit const model::Shape {name}::shape{{{quoted(name)}, {members}}};")
        out += ["", f"}}  // namespace amity::{self.api.namespace}", ""]
        return "\n".join(out)

    def service_source(self):
        """The table of operations, apart from the shapes: small, and all that changes when an operation is implemented."""
        facts = self.api.facts
        filters, rows = [], []
        for name, operation in sorted(facts["operations"].items()):
            fields = [f".name = {quoted(name)}"]
            if name in self.listed:
                if "input" in operation:
                    fields.append(f".input = &{operation['input']}::shape")
                if "output" in operation:
                    fields.append(f".output = &{operation['output']}::shape")
                if "wrapper" in operation:
                    fields.append(f".result_wrapper = {quoted(operation['wrapper'])}")
                if operation.get("filters"):
                    values = ", ".join(map(quoted, operation["filters"]))
                    filters.append(f"constexpr std::string_view k{name}Filters[] = {{{values}}};")
                    fields.append(f".filters = k{name}Filters")
                fields.append(".listed = true")
            if "http" in operation:
                method, path, status = operation["http"]
                fields += [f".http_method = {quoted(method)}", f".http_path = {quoted(path)}", f".http_status = {status}"]
            rows.append("    {" + ", ".join(fields) + "},")
        out = [f"// Generated by model/generate.py from the {self.api.name} model. Do not edit.",
               f'#include "model/{self.api.name}.hpp"', "", f"namespace amity::{self.api.namespace} {{", "",
               "namespace {", ""]
        out += filters + ["constexpr model::Operation kOperations[] = {"] + rows + [
            "};", f"constexpr model::Service kService{{{quoted(facts.get('signing', facts['service']))}, "
            f"{quoted(facts['protocol'])}, {quoted(facts['version'])}, {quoted(facts.get('namespace', ''))}, "
            f"{quoted(facts.get('target', ''))}, kOperations}};",
            "", "}  // namespace", "", "const model::Service& service() { return kService; }"]
        return "\n".join(out + ["", f"}}  // namespace amity::{self.api.namespace}", ""])


def read_rows(path, width):
    """The words of each line of a list; "#" begins a comment."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = text.split("#")[0].split()
        if words and len(words) != width:
            raise SystemExit(f"{path}:{number}: expected {width} words")
        if words:
            yield tuple(words)


def read_operations(path):
    listed = {}
    for service, operation in read_rows(path, 2):
        listed.setdefault(service, []).append(operation)
    return listed


def state_references(state):
    """The API shapes that a file of the state names, by service: they must be generated too."""
    text = json.dumps(state["shapes"])
    result = {}
    for service, shape in re.findall(r'"shape": "([a-z0-9]+):([A-Za-z0-9]+)"', text):
        result.setdefault(service, []).append(shape)
    result.pop("state", None)  # core.json, which is generated whole
    return result


def write_if_changed(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", type=pathlib.Path, required=True)
    parser.add_argument("--operations", type=pathlib.Path, required=True)
    parser.add_argument("--planned", type=pathlib.Path)
    parser.add_argument("--always-present", type=pathlib.Path)
    parser.add_argument("--state", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    listed = read_operations(arguments.operations)
    planned = read_operations(arguments.planned) if arguments.planned else {}
    always_present = frozenset(read_rows(arguments.always_present, 3)) if arguments.always_present else frozenset()
    apis = {service: Api(service, read_json(arguments.api / f"{service}.json"), {}, always_present)
            for service in listed | planned}
    states = read_states(arguments.state, apis) if arguments.state else []
    for service, api in apis.items():
        generated = sorted({*listed.get(service, []), *planned.get(service, [])})
        for operation in generated:
            if operation not in api.facts["operations"]:
                raise SystemExit(f"{arguments.operations}: the {service} model has no operation {operation}")
        wanted = [api.facts["operations"][operation][side] for operation in generated
                  for side in ("input", "output") if side in api.facts["operations"][operation]]
        stored = {shape for state in states for shape in state_references(state.facts).get(service, [])}
        write(arguments.out, Writer(api, wanted + sorted(stored), listed.get(service, []), planned.get(service, [])))
    for state in states:
        write(arguments.out, Writer(state, sorted(state.shapes)))


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_states(folder, apis):
    """The files of model/state, core.json first: all in one namespace, each with a header of its own. fixture.json comes
    last and may refer to them all ("state_network:Addresses")."""
    states = {"state": Api("state", read_json(folder / "core.json"), apis)}
    for path in sorted(folder.glob("*.json"), key=lambda path: (path.stem == "fixture", path.stem)):
        if path.stem != "core":
            states[f"state_{path.stem}"] = Api(f"state_{path.stem}", read_json(path), apis | states, namespace="state")
    return list(states.values())


def write(folder, writer):
    write_if_changed(folder / f"{writer.api.name}.hpp", writer.header())
    write_if_changed(folder / f"{writer.api.name}.cpp", writer.source())
    if "operations" in writer.api.facts:
        write_if_changed(folder / f"{writer.api.name}_service.cpp", writer.service_source())


if __name__ == "__main__":
    main()
