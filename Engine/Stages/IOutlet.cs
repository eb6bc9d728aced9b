namespace AkkaPrivacy.Engine.Stages;

/// <summary>Where a stage pushes.</summary>
/// <typeparam name="T">What it pushes.</typeparam>
public interface IOutlet<in T>
{
    /// <summary>Passes an element on, with its ownership. Returns when the next stage has taken it: this is the
    /// backpressure.</summary>
    /// <param name="element">The element.</param>
    void Push(T element);
}
