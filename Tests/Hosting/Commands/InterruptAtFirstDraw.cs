using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>Interrupts in the middle of a run: when the first windows fire.</summary>
internal sealed class InterruptAtFirstDraw : IRandomSource
{
    private Action? _interrupt;

    public IDisposable Register(Action interrupted)
    {
        Volatile.Write(ref _interrupt, interrupted);
        return new TestProgram.Nothing();
    }

    public void Fill(Span<byte> destination)
    {
        Interlocked.Exchange(ref _interrupt, null)?.Invoke();
        CryptoRandomSource.Instance.Fill(destination);
    }
}
