#include <nlohmann/json.hpp>
#include <type_traits>
#include <variant>

#include "tools/base/config/config_values.h"

namespace culturemert {
namespace config_internal {

using nlohmann::ordered_json;

ordered_json WriteStruct(const ConfigStructType& type, const void* value) {
  ordered_json object = ordered_json::object();
  for (const ConfigField& field : type.fields()) {
    object[field.name] = WriteValue(*field.type, field.MemberOf(value));
  }
  return object;
}

ordered_json WriteValue(const ConfigType& type, const void* value) {
  switch (type.kind()) {
    case ConfigKind::kOptional: {
      const void* const content = AsOptional(type).Get(value);
      if (content == nullptr) return nullptr;
      return WriteValue(AsOptional(type).element(), content);
    }
    case ConfigKind::kList: {
      const ConfigListType& list = AsList(type);
      ordered_json elements = ordered_json::array();
      for (std::size_t i = 0; i < list.Size(value); ++i) {
        list.Inspect(value, i, [&](const void* element) {
          elements.push_back(WriteValue(list.element(), element));
        });
      }
      return elements;
    }
    case ConfigKind::kMap: {
      const ConfigMapType& map = AsMap(type);
      ordered_json object = ordered_json::object();
      for (const std::string& key : map.Keys(value)) {
        object[key] = WriteValue(map.element(), map.Find(value, key));
      }
      return object;
    }
    case ConfigKind::kStruct:
      return WriteStruct(AsStruct(type), value);
    default:
      return std::visit([](const auto& scalar) { return ordered_json(scalar); },
                        AsScalar(type).Get(value));
  }
}

}  // namespace config_internal
}  // namespace culturemert
