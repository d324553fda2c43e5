// Flags of the converter: a protocol buffer whose type is known by its name alone.
#ifndef INTERNAL_CONVERT_CC_FLAGS_H_
#define INTERNAL_CONVERT_CC_FLAGS_H_

#include <memory>
#include <string>

#include "google/protobuf/message.h"

namespace convert {

// Ends the process where the library has no such type or field, or the field is of
// another kind.
class Flags {
 public:
  explicit Flags(const std::string& type);

  void Set(const std::string& field, bool value);
  void Set(const std::string& field, int value);
  void Set(const std::string& field, const std::string& value);
  void SetEnum(const std::string& field, const std::string& value);
  void Add(const std::string& field, const std::string& value);

  // The message as the class that its type's name stands for.
  template <typename Class>
  Class& As() {
    return *reinterpret_cast<Class*>(message_.get());
  }

 private:
  const google::protobuf::FieldDescriptor* Field(const std::string& name) const;

  std::unique_ptr<google::protobuf::Message> message_;
};

}  // namespace convert

#endif  // INTERNAL_CONVERT_CC_FLAGS_H_
