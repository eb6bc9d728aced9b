using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>What flows between hosts: an element or a control. Controls travel in band, so that whatever was sent before
/// one has passed a stage when the control reaches it.</summary>
/// <typeparam name="T">The element.</typeparam>
internal readonly record struct Signal<T>
{
    private Signal(T? element, Control? control)
    {
        Element = element;
        Control = control;
    }

    /// <summary>The element; of no meaning when <see cref="Control"/> is set.</summary>
    public T? Element { get; }

    /// <summary>The control, or null when this is an element.</summary>
    public Control? Control { get; }

    public static Signal<T> Of(T element) => new(element, null);

    public static Signal<T> Of(Control control) => new(default, control);

    /// <summary>Gives back what an element holds, when it is not going to be processed.</summary>
    public void Release()
    {
        if (Control is null)
        {
            (Element as IDisposable)?.Dispose();
        }
    }
}

/// <summary>A point between two elements at which stages are told something.</summary>
internal abstract class Control
{
    /// <summary>Called once by every host that the control passes, after all elements before it.</summary>
    /// <param name="link">The hosted stage.</param>
    /// <param name="branch">The branch that it is in; -1 before the branches.</param>
    public abstract void Apply(IStageLink link, int branch);

    /// <summary>What a stage that is started afresh takes up, if this control took a snapshot of it.</summary>
    public virtual ReadOnlyMemory<byte>? StateOf(IStageLink link) => null;
}
