"""What the server itself says no to, before a thread is taken. In plain text, because a page would take one."""


class ServerRefusal(Exception):
    status = 503
    sentence = ""


class BodyTooSlowError(ServerRefusal):
    status = 408
    sentence = "The form took too long to arrive. Please send it again."


class BodyTooLargeError(ServerRefusal):
    status = 413
    sentence = "This is more than is read at once. Please send less."


class TooLateError(ServerRefusal):
    sentence = "The registry is very busy, or what it rests on does not answer. Please try again in a moment."


class ClientGoneError(Exception):
    """Whoever asked has left; nobody is answered."""
