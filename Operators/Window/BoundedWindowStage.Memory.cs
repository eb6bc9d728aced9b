using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Window;

/// <content>
/// What happens when a window needs more memory or groups than there is: it is given up as a whole. Its state goes, its rows are
/// dead letters, and when it fires it is withheld. Rows or groups that were left out alone would make what counts
/// depend on other subjects.
/// </content>
internal sealed unsafe partial class BoundedWindowStage
{
    private readonly GivenUpPanes _givenUp;
    private long _noted;

    // Called before tables grow, so that the new one is asked for while the old one is still there.
    private bool HasRoom(OpenWindow window, int rows)
    {
        if (window.GrowthFor(rows) == 0 && !Context.Memory.IsExceeded)
        {
            return true;
        }

        while (!TryTake(window.GrowthFor(rows)))
        {
            if (_windows.DropSpares() || window.Compact())
            {
                Note(window);
                continue;
            }

            var largest = _windows.Largest(window);
            GiveUp(largest);
            if (ReferenceEquals(largest, window))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTake(long bytes)
    {
        if (Context.Memory.IsExceeded || !Context.Memory.TryTake(bytes))
        {
            return false;
        }

        _noted += bytes;
        return true;
    }

    // Groups that no subject counts in do not count here either, so that one subject with a great many keys fills nothing.
    private bool HasTooManyGroups(OpenWindow window)
    {
        if (_plan.MaxGroups is not { } most || window.Groups.Count <= 2L * most)
        {
            return false;
        }

        window.Compact();
        Note(window);
        return window.Groups.Count > most;
    }

    private void GiveUp(OpenWindow window)
    {
        Context.DeadLetters.Count(DeadLetterReason.StateLimit, window.Rows);
        _givenUp.Add(window.StartMs);
        _windows.Remove(window);
        Note();
    }

    private void Note(OpenWindow window)
    {
        _windows.Note(window);
        Note();
    }

    private void Note()
    {
        var bytes = StateBytes;
        Context.Memory.Adjust(bytes - _noted);
        _noted = bytes;
    }
}
