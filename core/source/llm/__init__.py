"""A language model as a source of text: any server that streams chats in OpenAI's form."""
