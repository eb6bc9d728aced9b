namespace AkkaPrivacy.Engine.Releases;

/// <summary>Why a charge is what it is. A composition group is charged its W dearest windows, since a subject counts in at most
/// W; epsilon (or rho) and delta each have W dearest windows of their own.</summary>
public enum ChargeReason
{
    /// <summary>The window is one of the first W of its group: its whole cost is charged.</summary>
    WindowAdded,

    /// <summary>The window is dearer than one of the W dearest so far and takes its place: the difference is charged.</summary>
    WindowReplaced,

    /// <summary>The window is no dearer than the W dearest so far: nothing is charged.</summary>
    WindowFree,

    /// <summary>Another query on a window that was charged before: the window's costs add up.</summary>
    QueryAdded,

    /// <summary>Another query on a window that is still none of the W dearest: nothing is charged.</summary>
    QueryFree,
}

/// <summary>The names of reasons in stored events and receipts.</summary>
public static class ChargeReasonNames
{
    private static readonly string[] All = ["window-added", "window-replaced", "window-free", "query-added", "query-free"];

    /// <summary>The name of a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>For example <c>window-added</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enum's.</exception>
    public static string ToName(ChargeReason reason) => (int)reason is var index && index >= 0 && index < All.Length
        ? All[index]
        : throw new ArgumentOutOfRangeException(nameof(reason), reason, "a reason is one of the enum's");

    /// <summary>Finds a reason by its name; case counts.</summary>
    /// <param name="name">The name.</param>
    /// <param name="reason">The reason.</param>
    /// <returns>Whether there is one of that name.</returns>
    public static bool TryParse(string name, out ChargeReason reason)
    {
        var index = Array.IndexOf(All, name);
        reason = (ChargeReason)Math.Max(0, index);
        return index >= 0;
    }
}
