// The load generator of bench/run: reads a plan as JSON from standard input, carries it out, and prints what it found.
#include "bench/load.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <stdexcept>

using namespace amity::bench;

namespace {

using Json = rapidjson::Value;

// What a field is told to be, if it is told.
void read(const Json& object, const char* name, std::string& target) {
  if (object.HasMember(name)) target.assign(object[name].GetString(), object[name].GetStringLength());
}
void read(const Json& object, const char* name, double& target) {
  if (object.HasMember(name)) target = object[name].GetDouble();
}
template <class Integer>
void read(const Json& object, const char* name, Integer& target) {
  if (object.HasMember(name)) target = static_cast<Integer>(object[name].GetUint64());
}

Step step_of(const Json& json) {
  Step step;
  read(json, "body", step.body);
  read(json, "status", step.status);
  read(json, "expect", step.expect);
  read(json, "min_bytes", step.min_bytes);
  read(json, "capture", step.capture);
  return step;
}

Plan plan_of(const std::string& text) {
  rapidjson::Document json;
  if (json.Parse(text).HasParseError() || !json.IsObject()) throw std::runtime_error("the plan is no JSON object");
  Plan plan;
  read(json, "host", plan.host);
  read(json, "port", plan.port);
  read(json, "headers", plan.headers);
  read(json, "connections", plan.connections);
  read(json, "seconds", plan.seconds);
  read(json, "warmup_seconds", plan.warmup_seconds);
  read(json, "max_cycles", plan.max_cycles);
  read(json, "rate", plan.rate);
  for (const Json& step : json["steps"].GetArray()) plan.steps.push_back(step_of(step));
  if (json.HasMember("values"))
    for (const Json& value : json["values"].GetArray()) plan.values.emplace_back(value.GetString());
  return plan;
}

}  // namespace

int main() try {
  const Plan plan = plan_of({std::istreambuf_iterator<char>(std::cin), {}});
  const Findings found = run(plan);
  fmt::print(R"({{"count": {}, "count_all": {}, "seconds": {}, "rate": {}, )"
             R"("p50_ms": {}, "p99_ms": {}, "max_ms": {}, "bytes": {}, "connections": {}}})"
             "\n",
             found.count, found.count_all, found.seconds,
             found.seconds > 0 ? static_cast<double>(found.count) / found.seconds : 0, found.p50_ms, found.p99_ms,
             found.max_ms, found.bytes, found.connections);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "load: {}\n", error.what());
  return 1;
}
