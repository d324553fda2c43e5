#include "internal/convert/cc/flags.h"

#include <cstdio>
#include <cstdlib>

#include "google/protobuf/descriptor.h"

namespace convert {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "%s: the TensorFlow library does not have it\n", what.c_str());
  std::abort();
}

}  // namespace

Flags::Flags(const std::string& type) {
  using google::protobuf::DescriptorPool;
  const google::protobuf::Descriptor* descriptor =
      DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) Die(type);
  message_.reset(google::protobuf::MessageFactory::generated_factory()
                     ->GetPrototype(descriptor)
                     ->New());
}

const google::protobuf::FieldDescriptor* Flags::Field(const std::string& name) const {
  const google::protobuf::FieldDescriptor* field =
      message_->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) Die(name);
  return field;
}

void Flags::Set(const std::string& field, bool value) {
  message_->GetReflection()->SetBool(message_.get(), Field(field), value);
}

void Flags::Set(const std::string& field, int value) {
  message_->GetReflection()->SetInt32(message_.get(), Field(field), value);
}

void Flags::Set(const std::string& field, const std::string& value) {
  message_->GetReflection()->SetString(message_.get(), Field(field), value);
}

void Flags::SetEnum(const std::string& field, const std::string& value) {
  const google::protobuf::FieldDescriptor* f = Field(field);
  const google::protobuf::EnumValueDescriptor* v =
      f->enum_type()->FindValueByName(value);
  if (v == nullptr) Die(value);
  message_->GetReflection()->SetEnum(message_.get(), f, v);
}

void Flags::Add(const std::string& field, const std::string& value) {
  message_->GetReflection()->AddString(message_.get(), Field(field), value);
}

}  // namespace convert
