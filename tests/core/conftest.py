from tests.core.narrating import nothing_is_left_behind, odd, wav

__all__ = ["nothing_is_left_behind", "odd", "wav"]
